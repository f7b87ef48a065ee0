import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'multiprocessing-ts';
import { ThreadPool, WorkerLostError, type AsyncResult } from 'multiprocessing-ts/pool';
import { killInLongCalls } from '../support/long_calls';
import { alive, inDirectory, inTime, kill, testOnLinux, until, workers } from '../support/processes';

/** Workers that die, in every way a process can die. */
let pool: Pool;

afterEach(async () => {
  await pool.terminate();
});

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return inTime(
    promise.then(
      (value) => {
        throw new Error(`it resolved to ${String(value)}`);
      },
      (error: unknown) => error,
    ),
    'the call',
  );
}

async function lost(promise: Promise<unknown>): Promise<WorkerLostError> {
  const error = await failure(promise);
  expect(error).toBeInstanceOf(WorkerLostError);
  return error as WorkerLostError;
}

const pid = () => process.pid;

describe('a task that ends its worker fails with WorkerLostError', () => {
  test.each(['SIGKILL', 'SIGSEGV', 'SIGTERM', 'SIGBUS', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)(
    'by %s: the exitcode is negative and the signal is named',
    async (signal) => {
      pool = new Pool(1);
      const worker = await pool.apply(pid);
      const error = await lost(
        pool.apply(
          (name: NodeJS.Signals) => {
            process.kill(process.pid, name);
            for (;;);
          },
          [signal],
        ),
      );
      expect(error).toMatchObject({ pid: worker, exitcode: -constants.signals[signal], signal });
      expect(error.message).toBe(`worker process ${worker} was killed by ${signal} while it ran this task`);
    },
  );

  test.each([0, 1, 7, 255])('by process.exit(%i): the exitcode is its own', async (code) => {
    pool = new Pool(1);
    const worker = await pool.apply(pid);
    const error = await lost(pool.apply((n: number) => process.exit(n), [code]));
    expect(error).toMatchObject({ pid: worker, exitcode: code, signal: null });
  });

  test('by process.abort()', async () => {
    pool = new Pool(1);
    const error = await lost(pool.apply(() => process.abort()));
    expect(error).toMatchObject({ exitcode: -6, signal: 'SIGABRT' });
  });

  test('by process.reallyExit()', async () => {
    pool = new Pool(1);
    const error = await lost(
      pool.apply(() => {
        (process as unknown as { reallyExit: (code: number) => void }).reallyExit(3);
      }),
    );
    expect(error).toMatchObject({ exitcode: 3, signal: null });
  });

  test('by a death while it awaits', async () => {
    pool = new Pool(1);
    await inDirectory(async (directory) => {
      const file = join(directory, 'running');
      const running = pool.apply_async(
        (path: string) => {
          const { writeFileSync: write } = require('node:fs') as typeof import('node:fs');
          write(path, '');
          return new Promise(() => setInterval(() => undefined, 1000));
        },
        [file],
      );
      // If it is killed before, the task runs elsewhere.
      await until(() => existsSync(file), 'the task runs');
      const [worker] = workers() as [number];
      kill(worker, 'SIGKILL');
      expect(await lost(running.get())).toMatchObject({ pid: worker, exitcode: -9, signal: 'SIGKILL' });
    });
  });

  test('by an uncaught exception in a callback of its own', async () => {
    pool = new Pool(1);
    const error = await lost(
      pool.apply(() => {
        // What it prints belongs to the worker's stderr, not into the report of this spec.
        process.stderr.write = () => true;
        process.on('uncaughtException', () => process.exit(1));
        setTimeout(() => {
          throw new Error('in a timer');
        }, 0);
        return new Promise(() => undefined);
      }),
    );
    expect(error).toMatchObject({ exitcode: 1, signal: null });
  });

  test('in an initializer, when it is the last of several tries', async () => {
    pool = new Pool(2, () => process.exit(5));
    const error = (await failure(pool.apply(pid))) as Error;
    expect(error.name).toBe('InitializerError');
    expect(error.cause).toBeInstanceOf(WorkerLostError);
    expect(error.cause).toMatchObject({ exitcode: 5 });
  });
});

describe('a worker that is killed while it starts', () => {
  testOnLinux('is no failure of the initializer: another one is started', async () => {
    for (let round = 0; round < 3; round++) {
      pool = new Pool(1);
      const result = pool.apply_async((n: number) => n + 1, [round]);
      for (let kills = 0; kills < 3; kills++) {
        let victim: number | undefined;
        await until(() => (victim = workers().find(alive)) !== undefined, 'a worker is there');
        kill(victim as unknown as number, 'SIGKILL');
        await until(() => !alive(victim as unknown as number), 'it is gone');
      }
      // The call may have been running in the last one.
      const value = await inTime(
        result.get().catch((error: unknown) => error),
        'the call',
      );
      if (!(value instanceof WorkerLostError)) expect(value).toBe(round + 1);
      expect(await inTime(pool.apply(pid), 'the next call')).toBe(workers()[0]);
      await pool.terminate();
    }
  });

  test('again and again, by its own initializer, breaks the pool', async () => {
    pool = new Pool(1, () => process.kill(process.pid, 'SIGKILL'));
    const error = (await failure(pool.apply(pid))) as Error;
    expect(error.name).toBe('InitializerError');
    expect(error.cause).toMatchObject({ name: 'WorkerLostError', signal: 'SIGKILL' });
  });
});

describe('the pool goes on', () => {
  test.each(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const)(
    'a worker killed by %s is replaced by a new process',
    async (signal) => {
      pool = new Pool(1);
      const before = await pool.apply(pid);
      await lost(
        pool.apply(
          (name: NodeJS.Signals) => {
            process.kill(process.pid, name);
            for (;;);
          },
          [signal],
        ),
      );
      const after = await inTime(pool.apply(pid), 'the next call');
      expect(after).not.toBe(before);
      expect(alive(before)).toBe(false);
    },
  );

  testOnLinux('the replacement does not wait for the next call', async () => {
    pool = new Pool(2);
    await pool.map((n: number) => n, [1, 2, 3, 4], 1);
    const before = workers();
    for (const each of before) kill(each, 'SIGKILL');
    await until(
      () => workers().filter((each) => !before.includes(each)).length === 2,
      'two new workers are there',
    );
    expect(before.filter(alive)).toEqual([]);
  });

  test('ten deaths in a row leave a pool that works', async () => {
    pool = new Pool(2);
    for (let round = 0; round < 10; round++) {
      await lost(pool.apply(() => process.kill(process.pid, 'SIGKILL')));
    }
    expect(
      await inTime(
        pool.map((n: number) => n * n, [1, 2, 3]),
        'the map',
      ),
    ).toEqual([1, 4, 9]);
  });

  test('the initializer runs in the replacement too', async () => {
    pool = new Pool(
      1,
      (value: number): void => {
        (globalThis as { initialized?: number }).initialized = value;
      },
      [42],
    );
    await lost(pool.apply(() => process.exit(1)));
    expect(
      await inTime(
        pool.apply(() => (globalThis as { initialized?: number }).initialized),
        'the call',
      ),
    ).toBe(42);
  });

  test('a function that the dead worker knew is known to its replacement', async () => {
    pool = new Pool(1);
    const factor = 3;
    const triple = (n: number) => {
      if (n < 0) process.exit(1);
      return n * factor;
    };
    expect(await pool.apply(triple, [2])).toBe(6);
    await lost(pool.apply(triple, [-1]));
    expect(await inTime(pool.apply(triple, [5]), 'the call')).toBe(15);
  });

  test('join() resolves although workers died', async () => {
    pool = new Pool(2);
    const results = Array.from({ length: 8 }, (_, i) =>
      pool.apply_async(
        (n: number) => {
          if (n % 2 === 1) process.exit(n);
          return n;
        },
        [i],
      ),
    );
    pool.close();
    await inTime(pool.join(), 'join()');
    expect(results.map((result) => result.ready() && result.successful())).toEqual(
      results.map((_, i) => i % 2 === 0),
    );
  });

  testOnLinux('terminate() resolves although every worker is stopped', async () => {
    pool = new Pool(2);
    await pool.map((n: number) => n, [1, 2, 3, 4], 1);
    const stopped = workers();
    for (const each of stopped) kill(each, 'SIGSTOP');
    await inTime(pool.terminate(), 'terminate()');
    expect(stopped.filter(alive)).toEqual([]);
  });

  test('a worker that runs out of memory fails its task, and no more', async () => {
    const argv = process.execArgv;
    process.execArgv = [...argv, '--max-old-space-size=40', '--max-semi-space-size=1'];
    try {
      // Its last words go to the stderr of whoever runs the tests, unless it has none.
      pool = new Pool(1);
    } finally {
      process.execArgv = argv;
    }
    const error = await lost(
      pool.apply(() => {
        const { closeSync, openSync } = require('node:fs') as typeof import('node:fs');
        closeSync(2);
        openSync('/dev/null', 'w');
        const kept: unknown[] = [];
        for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i, some: kept.length })));
      }),
    );
    expect(error).toMatchObject({ exitcode: -6, signal: 'SIGABRT' });
    expect(
      await inTime(
        pool.apply(() => 'well'),
        'the next call',
      ),
    ).toBe('well');
  });
});

describe('an idle worker that is killed fails no task', () => {
  testOnLinux.each(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGINT'] as const)('by %s', async (signal) => {
    pool = new Pool(2);
    for (let round = 0; round < 3; round++) {
      await pool.map((n: number) => n, [1, 2, 3, 4], 1);
      for (const each of workers()) kill(each, signal);
      // The pool has not heard of it yet: these calls go to the dead.
      const results = Array.from({ length: 50 }, (_, i) => pool.apply_async((n: number) => n + 1, [i]));
      expect(await inTime(Promise.all(results.map((result) => result.get())), 'the calls')).toEqual(
        results.map((_, i) => i + 1),
      );
    }
  });

  testOnLinux('while the parent is too busy to hear of it', async () => {
    pool = new Pool(2);
    await pool.map((n: number) => n, [1, 2, 3, 4], 1);
    const before = workers();
    for (const each of before) kill(each, 'SIGKILL');
    const results = Array.from({ length: 50 }, (_, i) => pool.apply_async((n: number) => n + 1, [i]));
    while (before.some(alive));
    expect(await inTime(Promise.all(results.map((result) => result.get())), 'the calls')).toEqual(
      results.map((_, i) => i + 1),
    );
  });

  testOnLinux('and an imap that waits for its input ends well', async () => {
    pool = new Pool(2);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const input = (async function* () {
      yield 1;
      await gate;
      yield 2;
    })();
    const results = pool.imap((n: number) => n * 10, input);
    expect((await results.next()).value).toBe(10);
    for (const each of workers()) kill(each, 'SIGKILL');
    open();
    expect((await inTime(results.next(), 'the second item')).value).toBe(20);
    expect((await inTime(results.next(), 'the end')).done).toBe(true);
  });
});

type How = 'SIGKILL' | 'SIGSEGV' | 'exit';

function die(how: How): void {
  if (how === 'exit') process.exit(4);
  process.kill(process.pid, how);
  for (;;);
}

describe.each([
  { kind: 'processes', make: Pool, end: 'SIGKILL', ends: ['SIGKILL', 'SIGSEGV', 'exit'] },
  // A signal is for the whole process.
  { kind: 'threads', make: ThreadPool, end: 'exit', ends: ['exit'] },
] as { kind: string; make: typeof Pool; end: How; ends: How[] }[])('$kind', ({ make, end, ends }) => {
  describe('only the task that was running is lost', () => {
    const ROUNDS = 4;
    const TASKS = 400;

    /** What became of each call: its value, or that it was lost. */
    async function outcomes(results: readonly AsyncResult<number>[]): Promise<(number | 'lost')[]> {
      return inTime(
        Promise.all(
          results.map((result) =>
            result.get().catch((error: unknown) => {
              if (error instanceof WorkerLostError) return 'lost' as const;
              throw error;
            }),
          ),
        ),
        'the calls',
      );
    }

    const expected = (victim: number): (number | 'lost')[] =>
      Array.from({ length: TASKS }, (_, i) => (i === victim ? 'lost' : i * 2));

    /** Doubles; one item kills its worker. */
    const killer =
      (victim: number, how: How) =>
      (n: number): number => {
        if (n === victim) {
          die(how);
        }
        return n * 2;
      };

    test.each(ends)('of %s: apply_async', async (how) => {
      pool = new make(2);
      for (let round = 0; round < ROUNDS; round++) {
        const victim = (round * 149 + 7) % TASKS;
        const task = killer(victim, how);
        const results = Array.from({ length: TASKS }, (_, i) => pool.apply_async(task, [i]));
        expect(await outcomes(results)).toEqual(expected(victim));
      }
    });

    test('one function for all rounds, known to be fast: apply_async', async () => {
      pool = new make(2);
      const task = (n: number, victim: number): number => {
        if (n === victim) die(end);
        return n * 2;
      };
      for (let round = 0; round < ROUNDS; round++) {
        const victim = (round * 211 + 31) % TASKS;
        const results = Array.from({ length: TASKS }, (_, i) => pool.apply_async(task, [i, victim]));
        expect(await outcomes(results)).toEqual(expected(victim));
      }
    });

    test('one worker: apply_async', async () => {
      pool = new make(1);
      for (let round = 0; round < ROUNDS; round++) {
        const victim = (round * 149 + 7) % TASKS;
        const task = killer(victim, end);
        const results = Array.from({ length: TASKS }, (_, i) => pool.apply_async(task, [i]));
        expect(await outcomes(results)).toEqual(expected(victim));
      }
    });

    test('asynchronous functions: apply_async', async () => {
      pool = new make(2);
      for (let round = 0; round < ROUNDS; round++) {
        const victim = (round * 149 + 7) % TASKS;
        const task = async (n: number): Promise<number> => {
          await Promise.resolve();
          if (n === victim) die(end);
          if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
          return n * 2;
        };
        const results = Array.from({ length: TASKS }, (_, i) => pool.apply_async(task, [i]));
        expect(await outcomes(results)).toEqual(expected(victim));
      }
    });

    test.each(['imap', 'imap_unordered'] as const)('%s', async (method) => {
      pool = new make(2);
      for (let round = 0; round < ROUNDS; round++) {
        const victim = (round * 149 + 7) % TASKS;
        const results = pool[method](
          killer(victim, end),
          Array.from({ length: TASKS }, (_, i) => i),
        );
        const values: number[] = [];
        let lostItems = 0;
        for (;;) {
          try {
            const next = await inTime(results.next(), 'the iterator');
            if (next.done === true) break;
            values.push(next.value);
          } catch (error) {
            expect(error).toBeInstanceOf(WorkerLostError);
            lostItems++;
          }
        }
        expect(lostItems).toBe(1);
        expect(values.sort((a, b) => a - b)).toEqual(expected(victim).filter((each) => each !== 'lost'));
      }
    });

    test('map, chunksize 1: the map fails with it, all other items have run', async () => {
      await inDirectory(async (directory) => {
        pool = new make(2);
        for (let round = 0; round < ROUNDS; round++) {
          const file = join(directory, `round-${round}`);
          writeFileSync(file, '');
          const victim = (round * 149 + 7) % TASKS;
          const task = (n: number): number => {
            appendFileSync(file, `${n}\n`);
            if (n === victim) die(end);
            return n;
          };
          const error = await lost(
            pool.map(
              task,
              Array.from({ length: TASKS }, (_, i) => i),
              1,
            ),
          );
          expect(error).toMatchObject(end === 'exit' ? { exitcode: 4 } : { signal: end });
          const ran = readFileSync(file, 'utf8').trim().split('\n').map(Number);
          expect(ran.sort((a, b) => a - b)).toEqual(Array.from({ length: TASKS }, (_, i) => i));
        }
      });
    });

    test('results that the dead worker had finished and not sent yet arrive', async () => {
      pool = new make(1);
      const task = (n: number): number => {
        if (n === 300) die(end);
        return n * 2;
      };
      await Promise.all(Array.from({ length: 200 }, () => pool.apply(task, [1])));
      const results = Array.from({ length: 301 }, (_, i) => pool.apply_async(task, [i]));
      await lost((results[300] as AsyncResult<number>).get());
      expect(results.slice(0, 300).map((result) => result.ready())).toEqual(new Array(300).fill(true));
      expect(await (results[299] as AsyncResult<number>).get()).toBe(598);
    });

    test('a large result that was sent before the death arrives', async () => {
      pool = new make(1);
      const large = pool.apply_async(() => Buffer.alloc(8 << 20, 7));
      const fatal = pool.apply_async(() => die(end));
      const bytes = await inTime(large.get(), 'the large result');
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([8 << 20, 7, 7]);
      await lost(fatal.get());
    });
  });

  describe('tasks that a worker had received and not started', () => {
    test('run elsewhere, each exactly once', async () => {
      await inDirectory(async (directory) => {
        pool = new make(2);
        const fast = (file: string, n: number, victims: readonly number[]): number => {
          const { appendFileSync: append } = require('node:fs') as typeof import('node:fs');
          if (file !== '') append(file, `${n}\n`);
          if (victims.includes(n)) die(end);
          return n;
        };
        // Known to be fast: many are sent to one worker at once.
        await Promise.all(Array.from({ length: 500 }, (_, i) => pool.apply(fast, ['', i, []])));
        for (let round = 0; round < 3; round++) {
          const file = join(directory, `round-${round}`);
          const victims = [50, 51, 200, 333].map((n) => n + round);
          const results = Array.from({ length: 400 }, (_, i) => pool.apply_async(fast, [file, i, victims]));
          const settled = await inTime(
            Promise.allSettled(results.map((result) => result.get())),
            'the calls',
          );
          expect(settled.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual(victims);
          const ran = readFileSync(file, 'utf8').trim().split('\n').map(Number);
          expect(ran.sort((a, b) => a - b)).toEqual(results.map((_, i) => i));
        }
      });
    });

    // Nobody can end one thread from outside.
    if (end !== 'exit')
      testOnLinux('run elsewhere when the worker is killed from outside in a long call', async () => {
        pool = new make(2);
        const { errors, values, ran } = await killInLongCalls(pool);
        for (const error of errors) expect(error).toBeInstanceOf(WorkerLostError);
        expect(errors).toHaveLength(2);
        expect(values).toEqual(Array.from({ length: 100 }, (_, i) => i + 2));
        expect(ran).toEqual(Array.from({ length: 102 }, (_, i) => i));
      });

    test('do not die with an aborted task that had finished already', async () => {
      pool = new make(1);
      const task = (milliseconds: number): number => {
        const end = Date.now() + milliseconds;
        while (Date.now() < end);
        return milliseconds;
      };
      await Promise.all(Array.from({ length: 500 }, () => pool.apply(task, [0])));
      const abort = new AbortController();
      const first = pool.apply_async(task, { args: [0], signal: abort.signal });
      const second = pool.apply_async(task, [300]);
      // The parent hears nothing meanwhile: the first is done, the second runs.
      await new Promise<void>((resolve) => setImmediate(resolve));
      task(100);
      abort.abort(new Error('not wanted'));
      await inTime(
        first.get().catch(() => 0),
        'the first',
      );
      expect(await inTime(second.get(), 'the second')).toBe(300);
    });

    test('do not die with a task whose result came in time but was not read in time', async () => {
      pool = new make(1);
      await inDirectory(async (directory) => {
        const [started, behind, gate] = ['started', 'behind', 'gate'].map((name) =>
          join(directory, name),
        ) as [string, string, string];
        const task = (mine: string, other: string | null): string => {
          const fs = require('node:fs') as typeof import('node:fs');
          const cell = new Int32Array(new SharedArrayBuffer(4));
          // The one before is known to be fast: so the second is sent ahead.
          if (mine === '') return mine;
          fs.writeFileSync(mine, '');
          Atomics.wait(cell, 0, 0, 100);
          while (other !== null && !fs.existsSync(other)) Atomics.wait(cell, 0, 0, 2);
          return mine;
        };
        await pool.apply(task, ['', null]);
        const first = pool.apply_async(task, { args: [started, null], timeout: 1 });
        const second = pool.apply_async(task, { args: [behind, gate] });
        await until(() => existsSync(started), 'the start of the first');
        await new Promise((resolve) => setTimeout(resolve, 20));
        // The result waits in the channel while this process is busy beyond the timeout.
        const end = performance.now() + 1200;
        while (performance.now() < end || !existsSync(behind)) if (performance.now() > end + 45_000) break;
        expect(await inTime(first.get(), 'the first')).toBe(started);
        writeFileSync(gate, '');
        expect(await inTime(second.get(), 'the second')).toBe(behind);
      });
    });
  });
});
