import { existsSync } from 'node:fs';
import {
  Pool as MainPool,
  get_all_start_methods,
  get_context,
  get_start_method,
  set_start_method,
} from 'multiprocessing-ts';
import { ValueError, ZeroDivisionError, current_thread } from 'multiprocessing-ts/builtins';
import {
  InitializerError,
  Pool,
  TerminatedError,
  ThreadPool,
  WorkerLostError,
} from 'multiprocessing-ts/pool';
import { all, exc, excOf, isAlive, open, oracle, pass, scratch, soon, until, worker } from './support';

/** What only threads promise. What they have in common with processes is in the other files. */
const path = scratch();
const recorded = oracle('p31_threadpool');

let pool: ThreadPool;
beforeEach(() => {
  pool = new ThreadPool(1);
});
afterEach(async () => {
  await soon(pool.terminate(), 'terminate');
});

describe('ThreadPool', () => {
  test('is a Pool, and says what it is', async () => {
    expect(pool).toBeInstanceOf(Pool);
    const two = new ThreadPool(2);
    expect(String(two)).toBe((recorded('repr').ok as string).replace('multiprocessing.pool.', ''));
    two.close();
    await two.join();
    const one = new ThreadPool(1);
    one.close();
    await one.join();
    expect(String(one)).toBe((recorded('close/join').ok as string).replace('multiprocessing.pool.', ''));
    expect(await excOf(() => one.map(Math.abs, [1]))).toEqual(exc(recorded('submit after close')));
  });

  test('runs closures, maps and imaps as CPython does', async () => {
    const k = 2;
    expect(await pool.map((x: number) => x * k, [1, 2])).toEqual(recorded('lambda ok').ok);
    expect(await all(pool.imap((x: number) => x, [1, 2, 3], 2))).toEqual(recorded('imap lambda').ok);
    const raising = function* (): Generator<number> {
      yield 1;
      throw new ZeroDivisionError('division by zero');
    };
    expect(await excOf(() => pool.map(Math.abs, raising()))).toEqual(exc(recorded('map raising generator')));
  });

  test('a result that is a function of the parent comes back as itself (in CPython everything does)', async () => {
    const f = (): number => 1;
    const result = await pool.apply((g: () => number) => g, [f]);
    expect(result).toBe(f);
    expect(typeof result).toBe(recorded('closure result ok').ok === true ? 'function' : 'nothing');
  });

  test('arguments, results and errors are copies (CPython shares them)', async () => {
    const list: number[] = [];
    const same = await pool.apply(
      (each: number[]) => {
        each.push(1);
        return each;
      },
      [list],
    );
    expect([list, same]).toEqual([[], [1]]);
    expect(recorded('same object identity').ok).toBe(true);
    const shared = new ValueError('shared');
    const error = await pool
      .apply(() => {
        throw shared;
      })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValueError);
    expect(error).not.toBe(shared);
    expect(recorded('same exception object').ok).toBe(true);
  });

  test('close lets what is submitted be done', async () => {
    const result = pool.map_async(Math.abs, [-3, -2, -1]);
    pool.close();
    await soon(pool.join(), 'join');
    expect(await result.get()).toEqual(recorded('result').ok);
  });

  test('terminate does not wait for what runs (CPython does)', async () => {
    const [gate, mark] = [path('gate'), path('mark')];
    const running = pool.apply_async(
      (marked: string, never: string) => {
        open(marked);
        pass(never);
      },
      [mark, gate],
    );
    await until(() => existsSync(mark));
    await soon(pool.terminate(), 'terminate');
    await expect(running.get()).rejects.toBeInstanceOf(TerminatedError);
    expect(recorded('terminate waits for running tasks only').ok).toEqual([true, true]);
  });
});

describe('a thread that ends', () => {
  test('by process.exit() loses its task, and is replaced (H13: CPython loses the thread for good)', async () => {
    const before = await pool.apply(worker);
    const tid = await pool.apply(() => current_thread().ident);
    const error: unknown = await soon(pool.apply(() => process.exit(1))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkerLostError);
    expect(error).toMatchObject({ pid: process.pid, tid, exitcode: 1, signal: null });
    expect((error as Error).message).toBe(`worker thread ${tid} exited with code 1 while it ran this task`);
    expect(await soon(pool.apply(Math.abs, [-1]))).toBe(1);
    expect(await pool.apply(worker)).not.toBe(before);
    expect(recorded('sys.exit: next task (worker replaced only on next wake-up)').exc?.type).toMatch(
      /TimeoutError/,
    );
  });

  test('in its initializer breaks the pool when it does so every time (H13: CPython leaves it without threads)', async () => {
    const broken = new ThreadPool(1, () => {
      throw new ValueError('x');
    });
    const error = await soon(broken.apply(Math.abs, [-1])).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InitializerError);
    expect((error as Error).cause).toBeInstanceOf(ValueError);
    await soon(broken.terminate(), 'terminate');
    expect(recorded('bad initializer: get').exc?.type).toMatch(/TimeoutError/);
  });

  test('is gone when terminate resolves', async () => {
    const three = new ThreadPool(3);
    const names = new Set(await three.map(worker, Array.from({ length: 30 }), 1));
    expect([...names].every(isAlive)).toBe(true);
    await three.terminate();
    expect([...names].filter(isAlive)).toEqual([]);
  });
});

describe('what threads share', () => {
  test('are no variables: each thread has its own', async () => {
    const two = new ThreadPool(2);
    const count = (): number => (counter.value += 1);
    expect(await two.apply(count)).toBe(1);
    expect(counter.value).toBe(0);
    await two.terminate();
  });
});

const counter = { value: 0 };

describe('the start method `thread`', () => {
  const before = get_start_method(true);
  afterEach(() => {
    set_start_method(before, true);
  });

  test('is one of two', () => {
    expect(get_all_start_methods()).toEqual(['spawn', 'thread']);
    expect(get_context('thread').get_start_method()).toBe('thread');
    expect(get_context('thread').Pool).toBe(ThreadPool);
  });

  test('makes Pool a pool of threads, and no other', async () => {
    set_start_method('thread', true);
    const [chosen, spawned] = [new MainPool(1), new (get_context('spawn').Pool)(1)];
    try {
      expect(await chosen.apply(() => process.pid)).toBe(process.pid);
      expect(await spawned.apply(() => process.pid)).not.toBe(process.pid);
      expect([String(chosen), String(spawned)]).toEqual([
        '<Pool state=RUN pool_size=1>',
        '<Pool state=RUN pool_size=1>',
      ]);
      expect(spawned).toBeInstanceOf(MainPool);
    } finally {
      await Promise.all([chosen.terminate(), spawned.terminate()]);
    }
  });

  test('is chosen once: the first pool chooses too, as in CPython', async () => {
    set_start_method(null, true);
    const first = new MainPool(1);
    await first.terminate();
    expect(get_start_method(true)).toBe('spawn');
    expect(
      await excOf(() => {
        set_start_method('thread');
      }),
    ).toEqual({ type: 'RuntimeError', str: 'context has already been set' });
  });
});

describe('a thread that is in the middle of what must not be interrupted', () => {
  test('is ended behind it, though it counts as gone before', async () => {
    const [inside, gate, outside] = [path('inside'), path('gate'), path('outside')];
    const lost = pool.apply(
      (begun: string, file: string, through: string) => {
        const { existsSync: exists, writeFileSync } = require('node:fs') as typeof import('node:fs');
        // As lib/util/uninterrupted.ts says so.
        const key = Symbol.for('multiprocessing-ts.ending');
        const word = (globalThis as unknown as Record<symbol, Int32Array>)[key]!;
        Atomics.store(word, 0, 1);
        writeFileSync(begun, '');
        const never = new Int32Array(new SharedArrayBuffer(4));
        while (!exists(file)) Atomics.wait(never, 0, 0, 5);
        writeFileSync(through, '');
        Atomics.store(word, 0, 0);
        for (;;);
      },
      [inside, gate, outside],
    );
    const failure = excOf(() => lost);
    await until(() => existsSync(inside));
    await soon(pool.terminate(), 'terminate');
    expect((await failure).type).toBe('TerminatedError');
    open(gate);
    await until(() => existsSync(outside), 'the end of it');
    pool = new ThreadPool(1);
  });
});
