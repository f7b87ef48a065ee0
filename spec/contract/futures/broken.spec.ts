import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { get_context, get_logger } from 'multiprocessing-ts';
import { SystemExit, ValueError } from 'multiprocessing-ts/builtins';
import {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  type Future,
} from 'multiprocessing-ts/concurrent/futures';
import { WorkerLostError } from 'multiprocessing-ts/pool';
import { PicklingError } from 'multiprocessing-ts/reduction';
import {
  all,
  exc,
  excOf,
  isAlive,
  lines,
  open,
  oracle,
  pass,
  pidOf,
  scratch,
  soon,
  until,
  worker,
} from '../support';
import { executors, processes, threads } from './support';

const path = scratch();
const inits = oracle('f08_init_failures');
const errors = oracle('f09_ppe_errors');
const PENDING = exc(errors('os._exit(7)')).str;
const UNUSABLE = exc(errors('  submit after')).str;

const identity = (x: unknown): unknown => x;
const enter = (file: string, gate: string): string => {
  appendFileSync(file, `${worker()}\n`);
  pass(gate);
  return worker();
};

/** What can happen in the middle of something. */
const MISHAPS = {
  error: () => {
    throw new RangeError('mishap');
  },
  exit: () => {
    throw new SystemExit(1);
  },
  'process.exit': () => process.exit(1),
  crash: () => {
    process.kill(process.pid, 'SIGSEGV');
    for (;;);
  },
};
type Mishap = keyof typeof MISHAPS;

const parent = process.pid;
const inWorker = (): boolean => process.pid !== parent || !isMainThread;
const REDUCE = Symbol.for('multiprocessing.reduce');

/** Something happens while it is encoded. */
class AtEncoding {
  static readonly [REDUCE] = {
    reduce: ({ mishap }: AtEncoding): never => MISHAPS[mishap](),
    rebuild: (): AtEncoding => new AtEncoding('error'),
  };
  constructor(readonly mishap: Mishap) {}
}

/** Something happens while it is decoded in a worker, or here. */
class AtDecoding {
  static readonly [REDUCE] = {
    reduce: ({ mishap, there }: AtDecoding): [Mishap, boolean] => [mishap, there],
    rebuild: ([mishap, there]: [Mishap, boolean]): AtDecoding =>
      inWorker() === there ? MISHAPS[mishap]() : new AtDecoding(mishap, there),
  };
  constructor(
    readonly mishap: Mishap,
    readonly there: boolean,
  ) {}
}

processes('a process that dies', (make, { wait }) => {
  test.each([
    ['process.exit(7)', () => process.exit(7), 'exit code 7.'],
    ['SIGKILL', () => process.kill(process.pid, 'SIGKILL'), 'exit code -9 (SIGKILL).'],
    ['SIGTERM', () => process.kill(process.pid, 'SIGTERM'), 'exit code -15 (SIGTERM).'],
    ['SIGSEGV', () => process.kill(process.pid, 'SIGSEGV'), 'exit code -11 (SIGSEGV).'],
  ])(
    'by %s breaks the executor: all futures fail, each with an error of its own',
    async (_how, die, words) => {
      const [gate, file] = [path('never'), path('entered')];
      const executor = make(2);
      const other = executor.submit(enter, file, gate);
      await until(() => lines(file).length === 1);
      const pid = executor.submit(() => process.pid);
      const name = await pid.result();
      const died = executor.submit((die: () => void) => {
        die();
        for (;;);
      }, die);
      const queued = executor.submit(identity, 1);
      const told = (await soon(
        Promise.all([died, other, queued].map((future) => future.exception())),
      )) as BrokenProcessPool[];
      for (const error of told) {
        expect(error).toBeInstanceOf(BrokenProcessPool);
        expect(error).toBeInstanceOf(BrokenExecutor);
        expect(error.message).toBe(`${PENDING} Process ${name} terminated abruptly with ${words}`);
      }
      expect(new Set(told).size).toBe(3);
      expect(pid.done()).toBe(true);

      const after = executor.submit.bind(executor, identity, 1);
      expect(await excOf(after)).toEqual({ type: 'BrokenProcessPool', str: UNUSABLE });
      expect(await excOf(() => executor.map(identity, [1]))).toEqual({
        type: 'BrokenProcessPool',
        str: UNUSABLE,
      });
      await soon(executor.shutdown());
      expect(isAlive(lines(file)[0] as string)).toBe(false);
      expect(await excOf(after)).toEqual({ type: 'BrokenProcessPool', str: UNUSABLE });
    },
  );

  test('killed from outside while it is idle breaks it', async () => {
    const executor = make(1);
    const name = await executor.submit(worker).result();
    process.kill(pidOf(name), 'SIGTERM');
    const broken = (): boolean => {
      try {
        executor.submit(identity, 1);
        return false;
      } catch (error) {
        return error instanceof BrokenProcessPool;
      }
    };
    await until(broken);
    const submit = (): unknown => executor.submit(identity, 1);
    expect(submit).toThrow(UNUSABLE);
    expect(submit).toThrow(
      expect.objectContaining({
        cause: expect.objectContaining({
          message: `${PENDING} Process ${pidOf(name)} terminated abruptly with exit code -15 (SIGTERM).`,
        }) as Error,
      }) as Error,
    );
  });

  test('takes with it what was sent ahead to it and what waits', async () => {
    const executor = make(1);
    const maybe = (die: boolean): number => (die ? process.exit(3) : 1);
    await all(
      executor.map(
        maybe,
        Array.from({ length: 100 }, () => false),
      ),
    );
    const futures = [false, true, false, false].map((die) => executor.submit(maybe, die));
    await wait(futures, 45);
    const outcomes = await Promise.all(futures.map((future) => future.exception()));
    expect(outcomes.slice(1).map((error) => (error as Error).name)).toEqual(
      Array(3).fill('BrokenProcessPool'),
    );
    // What was done before is done.
    expect(outcomes[0]).toBeNull();
  });

  test('ends a map with its error', async () => {
    const iterator = make(1).map((n: number) => (n === 2 ? process.exit(1) : n), [0, 1, 2, 3]);
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([0, 1]);
    await expect(iterator.next()).rejects.toBeInstanceOf(BrokenProcessPool);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('by a signal in its initializer breaks the executor as well', async () => {
    const executor = make(1, { initializer: () => process.kill(process.pid, 'SIGKILL') });
    await expect(soon(executor.submit(identity, 1).result())).rejects.toMatchObject({
      name: 'BrokenProcessPool',
      message: expect.stringContaining('exit code -9 (SIGKILL).') as string,
    });
  });

  test('leaves cancelled futures cancelled', async () => {
    const executor = make(1);
    const [died, cancelled] = [executor.submit(() => process.exit(1)), executor.submit(identity, 1)];
    cancelled.cancel();
    await died.exception();
    expect(cancelled.cancelled()).toBe(true);
  });

  test('the callbacks of its futures may submit elsewhere, and see the executor broken', async () => {
    const [broken, other] = [make(1), make(1)];
    const seen = new Promise<unknown>((resolve) => {
      broken
        .submit(() => process.exit(1))
        .add_done_callback(() => {
          let error: unknown;
          try {
            broken.submit(identity, 1);
          } catch (thrown) {
            error = thrown;
          }
          resolve([error instanceof BrokenProcessPool, other.submit(identity, 2).result()]);
        });
    });
    const [isBroken, two] = (await soon(seen)) as [boolean, Promise<number>];
    expect([isBroken, await two]).toEqual([true, 2]);
  });

  test('as a thread of mp_context does so too, by its number', async () => {
    const executor = make(1, { mp_context: get_context('thread') });
    const error = (await executor.submit(() => process.exit(3)).exception()) as Error;
    expect(error).toBeInstanceOf(BrokenProcessPool);
    expect(error.message).toMatch(/ Thread \d+ terminated abruptly with exit code 3\.$/);
  });
});

threads('a thread that dies', (make) => {
  test('costs its own call a WorkerLostError, and nothing else', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const executor = make(2);
    const other = executor.submit(enter, file, gate);
    await until(() => lines(file).length === 1);
    const died = executor.submit(() => process.exit(7));
    const queued = executor.submit(identity, 1);
    const error = await died.exception();
    expect(error).toBeInstanceOf(WorkerLostError);
    expect(error).toMatchObject({ exitcode: 7, pid: process.pid });
    expect(await queued.result()).toBe(1);
    open(gate);
    expect(await other.result()).toBe(lines(file)[0]);
    expect(await executor.submit(identity, 2).result()).toBe(2);
  });

  test('does not take with it what was sent ahead to it', async () => {
    const executor = make(1);
    const maybe = (die: boolean): number => (die ? process.exit(3) : 1);
    await all(
      executor.map(
        maybe,
        Array.from({ length: 100 }, () => false),
      ),
    );
    const futures = [false, true, false, false].map((die) => executor.submit(maybe, die));
    const outcomes = await soon(Promise.all(futures.map((future) => future.exception())));
    expect(outcomes.map((error) => (error as Error | null)?.name ?? null)).toEqual([
      null,
      'WorkerLostError',
      null,
      null,
    ]);
  });
});

executors('an initializer', (make, kind) => {
  const name = kind === 'ProcessPoolExecutor' ? 'PPE' : 'TPE';
  const Broken = kind === 'ProcessPoolExecutor' ? BrokenProcessPool : BrokenThreadPool;
  interface Said {
    readonly levelname: string;
    readonly message: string;
  }
  const records: Said[] = [];
  const write = (record: Said): void => {
    records.push(record);
  };
  beforeEach(() => {
    records.length = 0;
    get_logger().addHandler(write);
  });
  afterEach(() => {
    get_logger().removeHandler(write);
  });

  const bad = (): never => {
    throw new ValueError('init');
  };
  const bade = (): never => {
    throw new SystemExit(3);
  };
  const late = async (): Promise<never> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    throw new ValueError('init');
  };

  test.each([
    ['bad', bad, 'ValueError: init'],
    ['bade', bade, 'SystemExit: 3'],
    ['bad', late, 'ValueError: init'],
  ])('that throws breaks the executor, and is logged once (%s)', async (probe, initializer, text) => {
    const executor = make(2, { initializer });
    const futures = [0, 1, 2].map((n) => executor.submit(identity, n));
    const told = (await soon(Promise.all(futures.map((future) => future.exception())))) as Error[];
    futures.forEach((_, i) => {
      expect(told[i]).toBeInstanceOf(Broken);
      expect(told[i]?.message).toBe(exc(inits(`${name} ${probe}: future ${i}`)).str);
      expect(String(told[i]?.cause)).toBe(text);
    });
    expect(new Set(told).size).toBe(3);
    const submit = (): unknown => executor.submit(identity, 1);
    expect(await excOf(submit)).toEqual(exc(inits(`${name} ${probe}: submit after broken`)));
    expect(await excOf(() => executor.map(identity, [1]))).toEqual(
      exc(inits(`${name} ${probe}: map after broken`)),
    );
    await soon(executor.shutdown());
    expect(await excOf(submit)).toEqual(exc(inits(`${name} ${probe}: submit after shutdown of broken`)));

    const critical = records.filter(({ levelname }) => levelname === 'CRITICAL');
    expect(critical).toHaveLength(1);
    const [first, second] = critical[0]?.message.split('\n') ?? [];
    expect(`CRITICAL|concurrent.futures|${first}`).toBe((inits('log').ok as string[])[0]);
    expect(second).toBe(text);
    expect(critical[0]?.message).toContain('    at ');
  });

  test('that ends its worker breaks the executor', async () => {
    const executor = make(1, { initializer: () => process.exit(5) });
    const error = (await soon(executor.submit(identity, 1).exception())) as Error;
    expect(error).toBeInstanceOf(Broken);
    expect(`${error.message} ${String(error.cause)}`).toMatch(/ (?:exited with code|exit code) 5/);
  });

  test('that throws in the second worker breaks the executor that one was fine', async () => {
    const [gate, file] = [path('never'), path('entered')];
    const once = (file: string): void => {
      appendFileSync(file, 'x\n');
      if (lines(file).length > 1) throw new ValueError('second');
    };
    const flags = path('once');
    const executor = make(2, { initializer: once, initargs: [flags] });
    expect(await executor.submit(identity, 1).result()).toBe(1);
    const running = executor.submit(enter, file, gate);
    await until(() => lines(file).length === 1);
    const queued = executor.submit(identity, 2);
    await expect(soon(queued.result())).rejects.toBeInstanceOf(Broken);
    await expect(soon(running.result())).rejects.toBeInstanceOf(Broken);
  });
});

/** CPython's test_deadlock.py: each of these is an error in the end, and the executor can be shut down. */
executors('robustness', (make, kind, { wait }) => {
  const isProcess = kind === 'ProcessPoolExecutor';
  const dies = isProcess ? 'BrokenProcessPool' : 'WorkerLostError';
  const run = async (what: () => Future<unknown>): Promise<string> => {
    const error = await soon(what().exception());
    return error === null ? 'no error' : (error as Error).name;
  };
  // A crash of a thread is one of its process.
  const mishaps = (Object.keys(MISHAPS) as Mishap[]).filter((each) => isProcess || each !== 'crash');
  const death = (mishap: Mishap): boolean => mishap === 'crash' || mishap === 'process.exit';

  test.each(mishaps)('%s while a task is decoded in the worker', async (mishap) => {
    const executor = make(1);
    const result = await run(() => executor.submit(identity, new AtDecoding(mishap, true)));
    // Where CPython breaks the executor, it is that call alone that fails.
    expect(result).toBe(death(mishap) ? dies : mishap === 'exit' ? 'SystemExit' : 'RangeError');
    await soon(executor.shutdown());
  });

  test.each(mishaps)('%s while a task runs', async (mishap) => {
    const executor = make(1);
    const result = await run(() => executor.submit((mishap: Mishap): unknown => MISHAPS[mishap](), mishap));
    expect(result).toBe(death(mishap) ? dies : mishap === 'exit' ? 'SystemExit' : 'RangeError');
    await soon(executor.shutdown());
  });

  test.each(mishaps)('%s while a result is encoded in the worker', async (mishap) => {
    const executor = make(1);
    const result = await run(() => executor.submit((mishap: Mishap) => new AtEncoding(mishap), mishap));
    expect(result).toBe(death(mishap) ? dies : 'PicklingError');
    await soon(executor.shutdown());
  });

  test.each(mishaps)('%s while an error is encoded in the worker', async (mishap) => {
    const executor = make(1);
    const fails = (mishap: Mishap): never => {
      throw new AtEncoding(mishap);
    };
    expect(await run(() => executor.submit(fails, mishap))).toBe(death(mishap) ? dies : 'PicklingError');
    await soon(executor.shutdown());
  });

  test.each(['error', 'exit'] as const)(
    '%s while a result is decoded here costs that call only',
    async (mishap) => {
      const executor = make(1);
      const result = await run(() =>
        executor.submit((mishap: Mishap) => new AtDecoding(mishap, false), mishap),
      );
      expect(result).toBe(mishap === 'exit' ? 'SystemExit' : 'RangeError');
      expect(errors('result fails to unpickle in parent').exc?.type).toContain('BrokenProcessPool');
      expect(await executor.submit(identity, 1).result()).toBe(1);
    },
  );

  test.each(['error', 'exit'] as const)(
    '%s while a task is encoded here costs that call only',
    async (mishap) => {
      const executor = make(1);
      const future = executor.submit(identity, new AtEncoding(mishap));
      expect(await run(() => future)).toBe(mishap === 'exit' ? 'SystemExit' : 'RangeError');
      expect(await executor.submit(identity, 1).result()).toBe(1);
    },
  );

  test('an error that cannot be made again here arrives as what it is, or as its own failure', async () => {
    class NeedsTwo extends Error {
      constructor(a: { text: string }, b: { text: string }) {
        super(`${a.text}-${b.text}`);
      }
    }
    const fails = (): never => {
      throw new NeedsTwo({ text: '1' }, { text: '2' });
    };
    const executor = make(1);
    // In CPython that breaks the executor.
    expect(await executor.submit(fails).exception()).toMatchObject({ message: '1-2' });
    expect(await executor.submit(identity, 1).result()).toBe(1);
  });

  test('a worker dies after shutdown() was called', async () => {
    const executor = make(2);
    const [gate, file] = [path('gate'), path('entered')];
    const future = executor.submit(
      (file: string, gate: string): never => {
        enter(file, gate);
        return process.exit(1);
      },
      file,
      gate,
    );
    await until(() => lines(file).length === 1);
    const down = executor.shutdown();
    open(gate);
    await soon(down);
    await expect(future.result(0)).rejects.toMatchObject({ name: dies });
  });

  test('a task cannot be encoded, and shutdown(false) is called in the same turn', async () => {
    const executor = make(2);
    await executor.submit(identity, 42).result();
    const future = executor.submit(identity, { later: Promise.resolve() });
    void executor.shutdown(false);
    await expect(soon(future.result())).rejects.toBeInstanceOf(PicklingError);
    await soon(executor.shutdown());
  });

  test('a worker dies while large data is on its way to it', async () => {
    const executor = make(2);
    const data = 'a'.repeat(1 << 20);
    const iterator = executor.map(
      (_: string) => process.exit(1),
      Array.from({ length: 10 }, () => data),
    );
    await expect(soon(all(iterator))).rejects.toMatchObject({ name: dies });
    await soon(executor.shutdown());
  });

  test('a worker dies while it sends a large result', async () => {
    const executor = make(1);
    const half = (): string => {
      setImmediate(() => process.exit(1));
      return 'a'.repeat(50 << 20);
    };
    // Whether the result or the death comes first is chance; that one comes is not.
    const futures = [executor.submit(half), executor.submit(identity, 1)];
    expect((await soon(wait(futures))).not_done.size).toBe(0);
    await soon(executor.shutdown());
  });
});
