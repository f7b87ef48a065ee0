import { appendFileSync } from 'node:fs';
import { current_process, get_context, set_start_method } from 'multiprocessing-ts';
import {
  CancelledError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type StartContext,
} from 'multiprocessing-ts/concurrent/futures';
import { all, exc, excOf, lines, open, oracle, pass, scratch, soon, until, worker } from '../support';
import { asyncExecutors, executors, processes, threads, type AnyExecutor } from './support';

const path = scratch();
const shutdown = oracle('f06_shutdown');
const max_tasks = oracle('f12_ppe_max_tasks');
const threading = oracle('f07_threadpool_workers');

const mul = (x: number, y: number): number => x * y;
const identity = (x: number): number => x;
/** Says that it runs, waits at the gate, and says who it was. */
const enter = (file: string, gate: string): string => {
  appendFileSync(file, `${worker()}\n`);
  pass(gate);
  return worker();
};

executors('workers', (make, kind, { wait }) => {
  /** An executor whose workers write their names to a file when they start. */
  function watched(max_workers: number): { executor: AnyExecutor; started: () => string[] } {
    const file = path('started');
    const initializer = (file: string): void => {
      appendFileSync(file, `${worker()}\n`);
    };
    return {
      executor: make(max_workers, { initializer, initargs: [file] }),
      started: () => lines(file),
    };
  }

  test('are not started before there is work', async () => {
    const { executor, started } = watched(2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await executor.shutdown();
    expect(started()).toEqual([]);
    expect(threading('no threads before submit').ok).toBe(0);
  });

  test('are as many as max_workers for any number of blocked calls', async () => {
    const gate = path('gate');
    const { executor, started } = watched(2);
    const futures = Array.from({ length: 30 }, () => executor.submit(pass, gate));
    await until(() => started().length === 2);
    // An initializer has run before its worker says so, and is given work.
    await until(() => futures.filter((future) => future.running()).length >= 2);
    expect(futures.filter((future) => future.running())).toHaveLength(2);
    open(gate);
    await wait(futures);
    expect(started()).toHaveLength(threading('threads for 4 blocked tasks max 2').ok as number);
  });

  test('one does for calls that come one after the other', async () => {
    const { executor, started } = watched(4);
    for (const n of [1, 2, 3, 4, 5]) expect(await executor.submit(mul, n, 2).result()).toBe(2 * n);
    expect(started()).toHaveLength(threading('idle reuse -> threads').ok as number);
  });

  test('are as many as there are blocked calls', async () => {
    const gate = path('gate');
    const { executor, started } = watched(4);
    const futures = [1, 2].map(() => executor.submit(pass, gate));
    await until(() => started().length === 2);
    futures.push(executor.submit(pass, gate));
    await until(() => started().length === 3);
    open(gate);
    await wait(futures);
    expect(started()).toHaveLength(3);
  });

  test('share calls that block, although the function was fast before', async () => {
    const [file, gate] = [path('entered'), path('gate')];
    const executor = make(3);
    const maybe = (gate: string | null): string => (gate === null ? 'fast' : enter(file, gate));
    expect(
      await all(
        executor.map(
          maybe,
          Array.from({ length: 100 }, () => null),
        ),
      ),
    ).toHaveLength(100);
    const futures = Array.from({ length: 20 }, () => executor.submit(maybe, gate));
    await until(() => new Set(lines(file)).size === 3);
    expect(lines(file)).toHaveLength(3);
    open(gate);
    await wait(futures);
  });

  test('run the initializer with its arguments, async or not, before their first call', async () => {
    const initializer = async (a: number, b: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      (globalThis as { G?: number[] }).G = [a, b];
    };
    const executor = make(1, { initializer, initargs: new Set([1, 2]) });
    expect(await executor.submit(() => (globalThis as { G?: number[] }).G).result()).toEqual([1, 2]);
  });

  test.each([
    [0, 'max_workers=0'],
    [-1, 'max_workers=-1'],
  ])('%d are a ValueError', async (max_workers, name) => {
    expect(await excOf(() => make(max_workers))).toEqual(exc(shutdown(`${kind} ${name}`)));
  });

  test.each([
    ['2', 'string'],
    [NaN, 'number'],
    [{}, 'object'],
  ])('%p are a TypeError', (max_workers, type) => {
    expect(exc(shutdown(`${kind} max_workers='2'`)).type).toBe('TypeError');
    expect(() => make(max_workers as never)).toThrow(
      new TypeError(`max_workers must be an integer, not ${type}`),
    );
  });

  test('`true` is 1', async () => {
    expect(
      await make(true as never)
        .submit(Math.abs, -3)
        .result(),
    ).toBe(shutdown(`${kind} max_workers=True`).ok);
  });

  test('an initializer that is no function is a TypeError', async () => {
    expect(await excOf(() => make(1, { initializer: 5 as never }))).toEqual(
      exc(shutdown(`${kind} initializer=5`)),
    );
  });

  test('an initializer that cannot be sent is a PicklingError, initargs as well', async () => {
    const later = Promise.resolve(1);
    expect(await excOf(() => make(1, { initializer: () => later }))).toMatchObject({ type: 'PicklingError' });
    expect(await excOf(() => make(1, { initializer: identity, initargs: [later] }))).toMatchObject({
      type: 'PicklingError',
    });
    expect(() => make(1, { initializer: identity, initargs: 5 as never })).toThrow(
      new TypeError("'number' object is not iterable"),
    );
  });
});

executors('cancel()', (make, _kind, { wait }) => {
  test('of what waits is true, and it never runs', async () => {
    const [gate, file] = [path('gate'), path('ran')];
    const executor = make(1);
    const first = executor.submit(pass, gate);
    const second = executor.submit(enter, file, gate);
    const third = executor.submit(identity, 3);
    await until(() => first.running());
    expect([second.cancel(), second.cancelled(), second.done(), second.cancel()]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    open(gate);
    expect(await third.result()).toBe(3);
    await expect(second.result()).rejects.toBeInstanceOf(CancelledError);
    await executor.shutdown();
    expect(lines(file)).toEqual([]);
  });

  test('of what runs is false', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const future = make(1).submit(enter, file, gate);
    await until(() => lines(file).length === 1);
    expect([future.cancel(), future.running(), future.cancelled()]).toEqual([
      ...(threading('cancel running').ok as boolean[]),
      false,
    ]);
    open(gate);
    expect(await future.result()).toBe(lines(file)[0]);
    expect(future.cancel()).toBe(false);
  });

  test('of what was sent ahead to a worker and not started is true', async () => {
    const [file, gate] = [path('entered'), path('gate')];
    const executor = make(1);
    const maybe = (gate: string | null): string => (gate === null ? 'fast' : enter(file, gate));
    await all(
      executor.map(
        maybe,
        Array.from({ length: 100 }, () => null),
      ),
    );
    const futures = Array.from({ length: 5 }, () => executor.submit(maybe, gate));
    await until(() => lines(file).length === 1);
    expect(futures.map((future) => future.cancel())).toEqual([false, true, true, true, true]);
    open(gate);
    await executor.shutdown();
    expect(lines(file)).toHaveLength(1);
    expect(futures.map((future) => future.cancelled())).toEqual([false, true, true, true, true]);
  });

  test('tells who waits at once, where Python tells when a worker comes across it', async () => {
    const gate = path('gate');
    const executor = make(1);
    const futures = [executor.submit(pass, gate), executor.submit(identity, 2)];
    const waiting = wait(futures, { return_when: 'FIRST_COMPLETED' });
    expect(futures[1]?.cancel()).toBe(true);
    const { done, not_done } = await soon(waiting);
    expect([[...done], [...not_done]]).toEqual([[futures[1]], [futures[0]]]);
    open(gate);
  });

  test('calls callbacks once', async () => {
    const gate = path('gate');
    const executor = make(1);
    const first = executor.submit(pass, gate);
    const second = executor.submit(identity, 2);
    const seen: boolean[] = [];
    second.add_done_callback((future) => seen.push(future.cancelled()));
    second.cancel();
    expect(seen).toEqual([true]);
    open(gate);
    await first.result();
    await executor.shutdown();
    expect(seen).toEqual([true]);
  });

  test('in the callback of another is heard', async () => {
    const gate = path('gate');
    const executor = make(1);
    const first = executor.submit(pass, gate);
    const second = executor.submit(pass, gate);
    const third = executor.submit(identity, 3);
    first.add_done_callback(() => third.cancel());
    open(gate);
    await second.result();
    expect(third.cancelled()).toBe(true);
  });
});

executors('the result of a future that was set by hand', (make) => {
  test('stays, and the executor goes on', async () => {
    const gate = path('gate');
    const executor = make(1);
    const future = executor.submit((gate: string, n: number): number => (pass(gate), n), gate, 1);
    future.set_result(7);
    open(gate);
    expect(await executor.submit(identity, 2).result()).toBe(2);
    expect(await future.result()).toBe(7);
  });
});

processes('max_tasks_per_child', (make, { wait }) => {
  const pid = (): number => process.pid;
  const groups = (pids: number[]): number[] => {
    const lengths: number[] = [];
    pids.forEach((each, i) => {
      if (i > 0 && each === pids[i - 1]) lengths.push((lengths.pop() as number) + 1);
      else lengths.push(1);
    });
    return lengths;
  };

  test('a process runs so many calls', async () => {
    const executor = make(1, { max_tasks_per_child: 2 });
    const pids: number[] = [];
    for (let i = 0; i < 5; i++) pids.push(await executor.submit(pid).result());
    expect(groups(pids)).toEqual(max_tasks('apply-style run lengths').ok);
  });

  test('a chunk of a map counts as one', async () => {
    const executor = make(1, { max_tasks_per_child: 2 });
    const pids = await all(executor.map(pid, Array(12).fill(0) as number[], { chunksize: 3 }));
    expect(groups(pids)).toEqual(max_tasks('sequential 3-item chunks (a chunk counts as one task)').ok);
  });

  // H15: CPython deadlocks until 3.15.
  test.each([
    [1, 2, 6],
    [2, 2, 8],
  ])('%d workers of %d tasks each get through a backlog of %d', async (workers, tasks, n) => {
    const executor = make(workers, { max_tasks_per_child: tasks });
    const futures = Array.from({ length: n }, (_, i) => executor.submit(mul, i, 2));
    const { done } = await wait(futures, { timeout: 45 });
    expect(done.size).toBe(n);
    expect(max_tasks('backlog of 6 with max_tasks=2: finished count after 8s (6 if no deadlock)').ok).toBe(2);
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual(futures.map((_, i) => i * 2));
  });

  test('goes on after shutdown(), with the rest of the work', async () => {
    const gate = path('gate');
    const executor = make(1, { max_tasks_per_child: 1 });
    const futures = [executor.submit(pass, gate), executor.submit(pass, gate), executor.submit(pass, gate)];
    await executor.shutdown(false);
    open(gate);
    const ended = futures.map((future) => future.exception());
    expect(await soon(Promise.all(ended))).toEqual([null, null, null]);
  });

  test.each([0, -1, false])('of %p is a ValueError', async (value) => {
    const name = value === false ? 'False' : String(value);
    expect(await excOf(() => make(1, { max_tasks_per_child: value as number }))).toEqual(
      exc(max_tasks(`max_tasks_per_child=${name}`)),
    );
  });

  test.each([1.5, '2'])('of %p is a TypeError', async (value) => {
    const name = typeof value === 'string' ? `'${value}'` : String(value);
    expect(await excOf(() => make(1, { max_tasks_per_child: value as number }))).toEqual(
      exc(max_tasks(`max_tasks_per_child=${name}`)),
    );
  });

  test('of true is 1', async () => {
    const executor = make(1, { max_tasks_per_child: true as never });
    expect(await executor.submit(pid).result()).not.toBe(await executor.submit(pid).result());
  });

  test('is given by keyword only', async () => {
    const five = [1, null, null, [], 3] as unknown as [number];
    expect(exc(max_tasks('positional')).type).toBe('TypeError');
    expect(() => new ProcessPoolExecutor(...five)).toThrow(
      new TypeError('ProcessPoolExecutor() takes from 0 to 4 positional arguments but 5 were given'),
    );
  });
});

processes('processes', (make) => {
  test('are named as in Python, and are no daemons', async () => {
    const who = (): [string, boolean] => {
      const { name, daemon } = current_process();
      return [name, daemon];
    };
    const [name, daemon] = await make(1).submit(who).result();
    expect(name).toMatch(/^SpawnProcess-\d+$/);
    expect(daemon).toBe(false);
  });
});

executors('executors under fake timers', (make) => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('go on', async () => {
    jest.useFakeTimers();
    const executor = make(2, { initializer: identity, initargs: [1] });
    expect(await executor.submit(mul, 2, 3).result()).toBe(6);
    expect(await all(executor.map(mul, [1, 2, 3], [4, 5, 6], { buffersize: 1 }))).toEqual([4, 10, 18]);
    await executor.shutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});

processes('mp_context', (make) => {
  test('says how the workers are started', async () => {
    expect(
      await make(1, { mp_context: get_context('spawn') })
        .submit(() => process.pid)
        .result(),
    ).not.toBe(process.pid);
    expect(
      await make(1, { mp_context: get_context('thread') })
        .submit(() => process.pid)
        .result(),
    ).toBe(process.pid);
  });

  test('by position is not taken for keywords, and keywords not for it', async () => {
    const executor = new ProcessPoolExecutor(1, get_context('thread'), { max_tasks_per_child: 1 });
    expect(await executor.submit(() => process.pid).result()).toBe(process.pid);
    await executor.shutdown();
    const context: StartContext = { get_start_method: () => 'thread' };
    const bare = new ProcessPoolExecutor(1, context);
    expect(await bare.submit(() => process.pid).result()).toBe(process.pid);
    await bare.shutdown();
  });

  test('that is none is a TypeError', () => {
    expect(() => make(1, { mp_context: 'spawn' as never })).toThrow(
      new TypeError('mp_context must be a context: what get_context() gives'),
    );
  });

  test('left out, it is the start method in use', async () => {
    set_start_method('thread', true);
    try {
      expect(
        await make(1)
          .submit(() => process.pid)
          .result(),
      ).toBe(process.pid);
    } finally {
      set_start_method(null, true);
    }
  });

  test('fractions of max_workers are a TypeError', async () => {
    expect(exc(shutdown('ProcessPoolExecutor max_workers=1.5')).type).toBe('TypeError');
    expect(() => make(1.5)).toThrow(new TypeError('max_workers must be an integer, not 1.5'));
  });
});

threads('threads', (make) => {
  test('fractions of max_workers count as one more', async () => {
    const gate = path('gate');
    const file = path('entered');
    const executor = make(1.5);
    const futures = [1, 2, 3].map(() => executor.submit(enter, file, gate));
    await until(() => lines(file).length === 2);
    expect(futures.filter((future) => future.running())).toHaveLength(2);
    open(gate);
    expect(shutdown('ThreadPoolExecutor max_workers=1.5').ok).toBe(3);
  });

  test('are in this process', async () => {
    expect(
      await make(1)
        .submit(() => process.pid)
        .result(),
    ).toBe(process.pid);
  });

  test('a prefix that is no string is a TypeError', () => {
    expect(() => new ThreadPoolExecutor(1, 5 as never)).toThrow(
      new TypeError('thread_name_prefix must be a string, not number'),
    );
  });
});

describe('the names of the classes', () => {
  test("are Python's", () => {
    expect([ProcessPoolExecutor.name, ThreadPoolExecutor.name]).toEqual([
      'ProcessPoolExecutor',
      'ThreadPoolExecutor',
    ]);
  });
});

executors('nested', (make, kind) => {
  test('a call may have an executor of its own', async () => {
    const nested = async (kind: string, x: number): Promise<number> => {
      await using executor =
        kind === 'ThreadPoolExecutor' ? new ThreadPoolExecutor(1) : new ProcessPoolExecutor(1);
      return await executor.submit((y: number) => y * 2, x).result();
    };
    expect(await make(1).submit(nested, kind, 21).result()).toBe(42);
  });
});

// The other facade gives out at once what is submitted, as Python does: a worker is started.
asyncExecutors('what is cancelled at once', (make) => {
  test('starts no worker', async () => {
    const file = path('started');
    const initializer = (file: string): void => {
      appendFileSync(file, 'started');
    };
    const executor = make(2, { initializer, initargs: [file] });
    const futures = [1, 2, 3].map((n) => executor.submit(identity, n));
    expect(futures.map((future) => future.cancel())).toEqual([true, true, true]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await executor.shutdown();
    expect(lines(file)).toEqual([]);
  });
});

// `running()` of a future that blocks looks for what has come: it may be done.
asyncExecutors('what is said to run', (make) => {
  test('of what is said to run is false, and it runs, whether it had begun or not', async () => {
    const gate = path('gate');
    const executor = make(1);
    const maybe = (gate: string | null): number => {
      if (gate !== null) pass(gate);
      return 0;
    };
    // Known to be fast: many are sent ahead.
    await executor.submit(maybe, null).result();
    const futures = Array.from({ length: 200 }, () => executor.submit(maybe, gate));
    // Given out at the end of this turn.
    await Promise.resolve();
    expect(futures.map((future) => future.running())).toEqual(futures.map((_, i) => i === 0));
    const cancelled = futures.map((future) => future.cancel());
    expect(cancelled).toEqual(futures.map((_, i) => i > 0));
    const down = executor.shutdown(true, { cancel_futures: true });
    open(gate);
    await soon(down);
    expect(futures.map((future) => future.cancelled())).toEqual(cancelled);
    expect(await futures[0]?.result(0)).toBe(0);
  });
});
