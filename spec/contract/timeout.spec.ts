import { appendFileSync, existsSync } from 'node:fs';
import { ProcessError, TimeoutError } from 'multiprocessing-ts';
import { BOTH, contract, drain, lines, open, pass, scratch, soon, STOP, until, worker } from './support';

const path = scratch();
const forever = (): never => {
  for (;;);
};
const identity = <T>(x: T): T => x;
/** -1 never ends. */
const sometimes = (x: number): number => {
  if (x === -1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return x;
};

contract(
  'timeout',
  (makePool) => {
    test('a task that overruns rejects with TimeoutError, and its worker is replaced', async () => {
      const pool = makePool(1);
      const before = await pool.apply(worker);
      const error = await soon(pool.apply(forever, [], { timeout: 0.2 })).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toBeInstanceOf(ProcessError);
      expect((error as Error).message).toMatch(/0\.2/);
      expect(await pool.apply(worker)).not.toBe(before);
    });

    test('an async task that overruns too', async () => {
      const pool = makePool(1);
      const never = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 1e8));
      };
      await expect(soon(pool.apply(never, [], { timeout: 0.2 }))).rejects.toBeInstanceOf(TimeoutError);
    });

    test('is counted from the start of the task, not from its submission', async () => {
      const gate = path('gate');
      const pool = makePool(1);
      const before = await pool.apply(worker);
      const first = pool.apply_async(pass, [gate]);
      const second = pool.apply_async(forever, [], {}, { timeout: 0.3 });
      // Of one that is submitted later, and starts at once, it is over.
      await soon(makePool(1).apply_async(forever, [], {}, { timeout: 0.3 }).wait());
      expect([first.ready(), second.ready()]).toEqual([false, false]);
      open(gate);
      await expect(soon(second.get())).rejects.toThrow(TimeoutError);
      expect(first.successful()).toBe(true);
      // It was started: that cost it its worker.
      expect(await pool.apply(worker)).not.toBe(before);
    });

    test('is not reached by a task in time whose long answer this process has had no time to read', async () => {
      const begun = path('begun');
      const gate = path('gate');
      const pool = makePool(1);
      const work = (mark: string, file: string): Buffer => {
        const { existsSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
        writeFileSync(mark, '');
        while (!existsSync(file));
        return Buffer.alloc(8_000_000, 1);
      };
      const result = pool.apply_async(work, [begun, gate], {}, { timeout: 1.5 });
      await until(() => existsSync(begun));
      // That it has begun is read.
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
      open(gate);
      const begin = performance.now();
      while (performance.now() < begin + 1700);
      expect((await result.get()).length).toBe(8_000_000);
    });

    test('is not reached by a task in time', async () => {
      expect(await makePool(1).apply(identity, [1], { timeout: 45 })).toBe(1);
      expect(await makePool(1).apply(identity, [1], { timeout: Infinity })).toBe(1);
    });

    test('hits its own task only: what waited behind it is run elsewhere', async () => {
      const log = path('log');
      const note = (i: number): number => {
        appendFileSync(log, `${i}\n`);
        return i;
      };
      const pool = makePool(1);
      const slow = pool.apply_async(forever, [], {}, { timeout: 0.3 });
      const others = [1, 2, 3].map((i) => pool.apply_async(note, [i]));
      await expect(soon(slow.get())).rejects.toBeInstanceOf(TimeoutError);
      expect(await Promise.all(others.map((other) => soon(other.get())))).toEqual([1, 2, 3]);
      expect(lines(log)).toEqual(['1', '2', '3']);
    });

    test('of an item in the middle of a chunk fails its chunk', async () => {
      const pool = makePool(1);
      await expect(
        soon(pool.map(sometimes, [1, 2, -1, 4], { chunksize: 4, timeout: 0.3 })),
      ).rejects.toBeInstanceOf(TimeoutError);
      await expect(
        soon(pool.starmap(sometimes, [[1], [-1]], { chunksize: 2, timeout: 0.3 })),
      ).rejects.toBeInstanceOf(TimeoutError);
    });

    // What ends in time must do so on any machine: a long timeout, and all that wait for it wait together.
    describe('that some items reach and others do not', () => {
      const timeout = 3;
      const short: unknown[] = [];
      let log = '';
      let chunks: unknown;
      const iterated = { imap: [] as unknown[], imap_unordered: [] as unknown[] };
      const drained = async (method: keyof typeof iterated): Promise<void> => {
        const items = makePool(1)[method](sometimes, [1, -1, 3], { timeout });
        iterated[method] = await soon(drain(items, ({ name }) => name));
      };
      beforeAll(async () => {
        log = path('log');
        const wait = (milliseconds: number): number => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
          return milliseconds;
        };
        const note = (file: string, i: number): number => {
          appendFileSync(file, `${i}\n`);
          return sometimes(i);
        };
        const items = [1, -1, 3].map((i) => [log, i] as const);
        await Promise.all([
          makePool(1)
            .map(wait, [1550, 1550, 1], { chunksize: 3, timeout })
            .then((values) => short.push(...values)),
          soon(makePool(1).starmap(note, items, { chunksize: 1, timeout })).catch((error: unknown) => {
            chunks = error;
          }),
          drained('imap'),
          drained('imap_unordered'),
        ]);
      });

      test('counts per item in a chunk: many short items may take longer together', () => {
        expect(short).toEqual([1550, 1550, 1]);
      });

      test('of one chunk lets the others be done', () => {
        expect(chunks).toBeInstanceOf(TimeoutError);
        expect(lines(log)).toEqual(['1', '-1', '3']);
      });

      test.each(['imap', 'imap_unordered'] as const)(
        '%s gives the error at its place and goes on',
        (method) => {
          expect(iterated[method]).toEqual([1, 'TimeoutError', 3, STOP, STOP]);
        },
      );
    });

    test('error_callback hears of it', async () => {
      const errors: unknown[] = [];
      const pool = makePool(1);
      await soon(
        pool
          .apply_async(forever, [], {
            timeout: 0.2,
            error_callback: (error: unknown) => errors.push(error),
          } as never)
          .wait(),
      );
      expect(errors).toEqual([expect.any(TimeoutError)]);
    });

    test('many at once', async () => {
      const pool = makePool(2);
      const results = Array.from({ length: 6 }, (_, i) =>
        pool.apply_async(sometimes, [i % 2 === 0 ? -1 : i], {}, { timeout: i % 2 === 0 ? 0.2 : 45 }),
      );
      const settled = await soon(Promise.allSettled(results.map((result) => result.get())));
      expect(settled.map(({ status }) => status)).toEqual([
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
    });
  },
  BOTH,
);
