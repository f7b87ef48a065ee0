import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  BOTH,
  contract,
  lines,
  pidOf,
  scratch,
  soon,
  worker,
  type MakePool,
  type Method,
  SPAWN,
} from './support';

/*
 * The same promises as in spec/unit/dispatcher.spec.ts, with real workers: whatever is done to a pool, every call
 * settles once, nothing is run twice, and join comes back.
 */
const path = scratch();

type Deed =
  | { readonly kind: 'apply'; readonly what: What; readonly timeout: boolean; readonly aborted: boolean }
  | {
      readonly kind: 'map';
      readonly whats: readonly What[];
      readonly chunksize: number;
      readonly aborted: boolean;
    }
  | {
      readonly kind: 'imap';
      readonly whats: readonly What[];
      readonly read: number;
      readonly buffersize: number | null;
    }
  | { readonly kind: 'kill' | 'pause' };
type What = 'quick' | 'slow' | 'async' | 'throws' | 'exits' | 'forever';

const what = fc.oneof(
  { weight: 12, arbitrary: fc.constant('quick' as const) },
  { weight: 2, arbitrary: fc.constantFrom('slow' as const, 'async' as const, 'throws' as const) },
  { weight: 1, arbitrary: fc.constant('exits' as const) },
);
const whats = fc.array(what, { maxLength: 30 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      what,
      timeout: fc.boolean(),
      aborted: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      kind: 'apply' as const,
      what: 'forever' as const,
      timeout: true,
      aborted: false,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('map' as const),
      whats,
      chunksize: fc.integer({ min: 1, max: 8 }),
      aborted: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('imap' as const),
      whats,
      read: fc.nat({ max: 40 }),
      buffersize: fc.option(fc.integer({ min: 1, max: 9 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'pause' as const) }) },
);

/** Every start of an item leaves a line, so that none is run twice unseen. */
function act({ id, what, log }: { id: number; what: What; log: string }): unknown {
  appendFileSync(log, `${id}\n`);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  switch (what) {
    case 'slow':
      return Atomics.wait(cell, 0, 0, 15);
    case 'async':
      return new Promise((resolve) => setTimeout(resolve, 5));
    case 'throws':
      throw new RangeError('thrown');
    case 'exits':
      return process.exit(3);
    case 'forever':
      for (;;);
    case 'quick':
      return id;
  }
}

const EXPECTED = new Set([
  'RangeError',
  'WorkerLostError',
  'TimeoutError',
  'AbortError',
  'TerminatedError',
  'ValueError',
]);

/** The worker ends by itself, whatever it does then: nobody else can end just one thread. */
function endSoon(): void {
  setImmediate(() => process.exit(4));
}

function killed(name: string): void {
  try {
    process.kill(pidOf(name), 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function run(
  makePool: MakePool,
  method: Method,
  setup: { size: number; tasks: number | null; end: string },
  deeds: readonly Deed[],
): Promise<void> {
  const log = path('log');
  const pool = makePool(setup.size, { maxtasksperchild: setup.tasks });
  let ids = 0;
  const item = (what: What) => ({ id: ids++, what, log });
  const settled: Promise<unknown>[] = [];
  const watch = (promise: Promise<unknown>): void => {
    settled.push(
      promise.catch((error: unknown) => {
        if (!EXPECTED.has((error as Error).name)) throw error;
      }),
    );
  };
  const abortSoon = (aborted: boolean): { signal?: AbortSignal } => {
    if (!aborted) return {};
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, ids % 7);
    return { signal: controller.signal };
  };
  const iterate = async (it: AsyncIterableIterator<unknown>, read: number): Promise<void> => {
    for (let i = 0; i < read; i++) {
      try {
        if ((await it.next()).done === true) return;
      } catch (error) {
        if (!EXPECTED.has((error as Error).name)) throw error;
      }
    }
    await it.return?.();
  };
  for (const deed of deeds) {
    switch (deed.kind) {
      case 'apply': {
        const result = pool.apply_async(act, [item(deed.what)], {
          ...(deed.timeout ? { timeout: 0.2 } : {}),
          ...abortSoon(deed.aborted),
        });
        watch(result.get());
        break;
      }
      case 'map':
        watch(pool.map(act, deed.whats.map(item), { chunksize: deed.chunksize, ...abortSoon(deed.aborted) }));
        break;
      case 'imap':
        watch(iterate(pool.imap(act, deed.whats.map(item), { buffersize: deed.buffersize }), deed.read));
        break;
      case 'kill':
        if (method === 'thread') watch(pool.apply(endSoon));
        else
          pool
            .apply_async(worker)
            .get()
            .then(killed, () => undefined);
        break;
      case 'pause':
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  if (setup.end === 'terminate') await soon(pool.terminate(), 'terminate', 120);
  else {
    pool.close();
    await soon(pool.join(), 'join', 120);
  }
  await soon(Promise.all(settled), 'the rest', 120);
  const started = lines(log);
  expect(new Set(started).size).toBe(started.length);
}

contract(
  'whatever is done to a pool',
  (makePool, method) => {
    test('everything settles, nothing runs twice, and it ends', async () => {
      const setup = fc.record({
        size: fc.integer({ min: 1, max: 3 }),
        tasks: fc.constantFrom(null, null, 1, 7),
        end: fc.constantFrom('close', 'close', 'terminate'),
      });
      await expect(
        fc.assert(
          fc.asyncProperty(
            setup,
            fc.array(deed, { minLength: 3, maxLength: 40, size: 'max' }),
            (each, deeds) => run(makePool, method, each, deeds),
          ),
          { numRuns: Number(process.env.RUNS ?? 8), endOnFailure: true },
        ),
      ).resolves.toBeUndefined();
    }, 900_000);
  },
  BOTH,
  SPAWN,
);
