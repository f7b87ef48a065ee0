import { appendFileSync } from 'node:fs';
import { divmod, range, threading, ZeroDivisionError } from 'multiprocessing-ts/builtins';
import {
  BrokenExecutor,
  BrokenProcessPool,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  ThreadPoolExecutor,
  TimeoutError,
} from 'multiprocessing-ts/concurrent/futures';
import { RemoteTraceback } from 'multiprocessing-ts/pool';
import { PicklingError } from 'multiprocessing-ts/reduction';
import { all, isAlive, lines, open, pass, pidOf, scratch, soon, until, worker } from '../support';
import { executors, processes, threads } from './support';

/*
 * The tests of CPython's own suite (Lib/test/test_concurrent_futures), under their names. What its test_deadlock.py
 * tries is in broken.spec.ts; what needs a program of its own, in spec/integration/executors.spec.ts.
 */
const path = scratch();

const pow = (base: number, exponent: number): number => base ** exponent;
const mul = (x: number, y: number): number => x * y;
const add = (x: number, y: number): number => x + y;
const str = (x: number): string => String(x);
const divide = (x: number, y: number): [number, number] => divmod(x, y);
const sleep = async (seconds: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
};
const enter = (file: string, gate: string): string => {
  appendFileSync(file, `${worker()}\n`);
  pass(gate);
  return worker();
};
function* count(): Generator<number> {
  for (let i = 0; ; i++) yield i;
}

executors('ExecutorTest', (make) => {
  test('test_submit', async () => {
    expect(await make(2).submit(pow, 2, 8).result()).toBe(256);
  });

  // Keywords are a last object.
  test('test_submit_keyword', async () => {
    const executor = make(2);
    const byName = (x: number, { y }: { y: number }): number => x * y;
    expect(await executor.submit(byName, 2, { y: 8 }).result()).toBe(16);
    const capture = (...given: unknown[]): unknown[] => given;
    expect(await executor.submit(capture, 1, { self: 2, fn: 3 }).result()).toEqual([1, { self: 2, fn: 3 }]);
    expect(() => (executor as unknown as { submit(): unknown }).submit()).toThrow(TypeError);
  });

  test('test_map', async () => {
    const executor = make(2);
    const expected = [...range(10)].map((n) => n ** n);
    expect(await all(executor.map(pow, range(10), range(10)))).toEqual(expected);
    expect(await all(executor.map(pow, range(10), range(10), { chunksize: 3 }))).toEqual(expected);
  });

  // As up to 3.15: the error ends the iterator.
  test('test_map_exception', async () => {
    const iterator = make(2).map(divide, [5, 5, 5, 5], [2, 3, 0, 5]);
    expect((await iterator.next()).value).toEqual([2, 1]);
    expect((await iterator.next()).value).toEqual([1, 2]);
    await expect(iterator.next()).rejects.toBeInstanceOf(ZeroDivisionError);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('test_map_timeout', async () => {
    const results: unknown[] = [];
    const gate = path('gate');
    const sleeps = (gate: string): void => {
      if (gate !== '') pass(gate);
    };
    const iterator = make(2).map(sleeps, ['', '', gate], { timeout: 0.3 });
    const loop = async (): Promise<void> => {
      for await (const result of iterator) results.push(result);
    };
    await expect(loop()).rejects.toBeInstanceOf(TimeoutError);
    open(gate);
    expect(results.length).toBeLessThanOrEqual(2);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('test_map_timeout_from_callable', async () => {
    const executor = make(2);
    const timeout_on_one = (x: number): number => {
      if (x === 1) throw new TimeoutError();
      return x;
    };
    for (const timeout of [null, 30]) {
      const iterator = executor.map(timeout_on_one, [0, 1, 2, 3], { timeout });
      expect((await iterator.next()).value).toBe(0);
      await expect(iterator.next()).rejects.toBeInstanceOf(TimeoutError);
    }
  });

  test('test_map_close', async () => {
    const executor = make(2);
    for (const chunksize of [1, 2]) {
      const iterator = executor.map(divide, [5, 5, 5, 5], [2, 1, 0, 5], { chunksize });
      expect((await iterator.next()).value).toEqual([2, 1]);
      await iterator.return();
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    }
  });

  test('test_map_buffersize_type_validation', () => {
    for (const buffersize of ['foo', 2.5]) {
      expect(() => make(2).map(str, range(4), { buffersize: buffersize as number })).toThrow(
        'buffersize must be an integer or None',
      );
    }
  });

  test('test_map_buffersize_value_validation', () => {
    for (const buffersize of [0, -1]) {
      expect(() => make(2).map(str, range(4), { buffersize })).toThrow('buffersize must be None or > 0');
    }
  });

  test('test_map_buffersize, test_map_buffersize_on_multiple_iterables', async () => {
    const executor = make(2);
    for (const buffersize of [1, 2, 4, 8]) {
      expect(await all(executor.map(str, range(4), { buffersize }))).toEqual(['0', '1', '2', '3']);
      expect(await all(executor.map(add, range(4), range(4), { buffersize }))).toEqual([0, 2, 4, 6]);
    }
  });

  test('test_map_buffersize_on_infinite_iterable, _on_multiple_infinite_iterables', async () => {
    const executor = make(2);
    const one = executor.map(str, count(), { buffersize: 2 });
    const two = executor.map(add, count(), count(), { buffersize: 2 });
    for (const i of [0, 1, 2]) {
      expect((await one.next()).value).toBe(String(i));
      expect((await two.next()).value).toBe(2 * i);
    }
    await Promise.all([one.return(), two.return()]);
  });

  test('test_map_buffersize_on_empty_iterable, _without_iterable', async () => {
    const executor = make(2);
    expect(await all(executor.map(str, [], { buffersize: 2 }))).toEqual([]);
    expect(await all(executor.map(() => 1, { buffersize: 2 }))).toEqual([]);
  });

  test('test_map_buffersize_when_buffer_is_full', async () => {
    const ints = range(4)[Symbol.iterator]();
    const executor = make(2);
    executor.map(str, ints as IterableIterator<number>, { buffersize: 2 });
    await executor.shutdown(true);
    expect(ints.next().value).toBe(2);
  });

  test('test_shutdown_race_issue12456', async () => {
    const executor = make(2);
    executor.map(str, [2, 2, 2]);
    await expect(soon(executor.shutdown())).resolves.toBeUndefined();
  });

  test('test_swallows_falsey_exceptions', async () => {
    class FalseyLenException extends Error {
      readonly length = 0;
    }
    const raiser = (): never => {
      throw new FalseyLenException('lenlen');
    };
    await expect(make(1).submit(raiser).result()).rejects.toThrow('lenlen');
  });
});

executors('WaitTests, AsCompletedTests', (make, _kind, { wait, as_completed }) => {
  test('test_20369', async () => {
    const future = make(2).submit(sleep, 0);
    const { done, not_done } = await wait([future, future]);
    expect([[...done], [...not_done]]).toEqual([[future], []]);
  });

  test('test_first_completed', async () => {
    const gate = path('gate');
    const executor = make(2);
    const [first, second] = [executor.submit(mul, 21, 2), executor.submit(pass, gate)];
    const { done, not_done } = await wait([first, second], { return_when: FIRST_COMPLETED });
    expect([[...done], [...not_done]]).toEqual([[first], [second]]);
    open(gate);
  });

  test('test_first_exception', async () => {
    const gate = path('gate');
    const executor = make(3);
    const futures = [
      executor.submit(mul, 2, 21),
      executor.submit((): never => {
        throw new RangeError('this is an exception');
      }),
      executor.submit(pass, gate),
    ];
    const { not_done } = await wait(futures, { return_when: FIRST_EXCEPTION });
    expect(not_done).toContain(futures[2]);
    open(gate);
  });

  test('test_no_timeout', async () => {
    const executor = make(2);
    const futures = [executor.submit(mul, 2, 21), executor.submit(mul, 7, 6)];
    const completed = new Set<unknown>();
    for await (const future of as_completed(futures)) completed.add(future);
    expect(completed).toEqual(new Set(futures));
  });

  test('test_future_times_out', async () => {
    const gate = path('gate');
    const executor = make(1);
    const [quick, slow] = [executor.submit(mul, 2, 21), executor.submit(pass, gate)];
    await quick.result();
    const completed: unknown[] = [];
    const loop = async (): Promise<void> => {
      for await (const future of as_completed([quick, slow], 0.1)) completed.push(future);
    };
    await expect(loop()).rejects.toThrow(new TimeoutError('1 (of 2) futures unfinished'));
    expect(completed).toEqual([quick]);
    open(gate);
  });
});

executors('ExecutorShutdownTest', (make, kind) => {
  test('test_run_after_shutdown', async () => {
    const executor = make(2);
    await executor.shutdown();
    expect(() => executor.submit(pow, 2, 5)).toThrow('cannot schedule new futures after shutdown');
  });

  test('test_hang_issue12364', async () => {
    const executor = make(2);
    const futures = Array.from({ length: 50 }, () => executor.submit(sleep, 0.01));
    await soon(executor.shutdown());
    for (const future of futures) await expect(future.result(0)).resolves.toBeUndefined();
  });

  test('test_cancel_futures', async () => {
    const gate = path('gate');
    const executor = make(2);
    const futures = Array.from({ length: 50 }, () => executor.submit(pass, gate));
    await until(() => futures.some((future) => future.running()));
    const down = executor.shutdown(true, { cancel_futures: true });
    open(gate);
    await soon(down);
    expect(futures.filter((future) => future.cancelled()).length).toBeGreaterThanOrEqual(48);
    const others = futures.filter((future) => !future.cancelled());
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect([other.done(), await other.exception()]).toEqual([true, null]);
  });

  test('test_hang_gh94440', async () => {
    const executor = make(1);
    await executor.submit(sleep, 0).result();
    executor.submit(sleep, 0).cancel();
    await expect(soon(executor.shutdown(true))).resolves.toBeUndefined();
  });

  test('test_threads_terminate, test_processes_terminate', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const executor = make(5);
    for (const _ of range(3)) executor.submit(enter, file, gate);
    await until(() => lines(file).length === 3);
    expect(new Set(lines(file)).size).toBe(3);
    open(gate);
    await executor.shutdown();
    expect(lines(file).filter(isAlive)).toEqual([]);
  });

  test('test_context_manager_shutdown, test_shutdown_no_wait', async () => {
    const executor = make(2);
    const results = executor.map(Math.abs, range(-5, 5));
    const name = executor.submit(worker);
    await executor.shutdown(false);
    expect(await all(results)).toEqual([5, 4, 3, 2, 1, 0, 1, 2, 3, 4]);
    const who = await name.result();
    await until(() => !isAlive(who));
    expect(kind).toMatch(/PoolExecutor$/);
  });
});

processes('ProcessPoolShutdownTest', (make) => {
  test.each([
    ['test_shutdown_gh_132969_case_1', 2],
    ['test_shutdown_gh_132969_case_2', 4],
  ])('%s', async (_name, max_workers) => {
    const executor = make(max_workers, { max_tasks_per_child: 1 });
    const good = async (n: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 10 * n));
      return n;
    };
    const futures = [
      executor.submit(good, 1),
      executor.submit((): never => {
        throw new RangeError('failing task');
      }),
      executor.submit(good, 3),
    ];
    expect(await futures[0]?.result()).toBe(1);
    await expect(futures[1]?.result()).rejects.toThrow('failing task');
    await executor.shutdown(false);
    expect(await soon(futures[2]!.result())).toBe(3);
    await soon(executor.shutdown());
  });
});

executors('InitializerTests', (make) => {
  const init = (x: string): void => {
    (globalThis as { INITIALIZER_STATUS?: string }).INITIALIZER_STATUS = x;
  };
  const get_init_status = (): string =>
    (globalThis as { INITIALIZER_STATUS?: string }).INITIALIZER_STATUS ?? 'uninitialized';

  test('test_initializer', async () => {
    const executor = make(2, { initializer: init, initargs: ['initialized'] });
    const futures = [1, 2].map(() => executor.submit(get_init_status));
    for (const future of futures) expect(await future.result()).toBe('initialized');
    expect(get_init_status()).toBe('uninitialized');
  });

  test('FailingInitializerMixin: test_initializer', async () => {
    const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const init_fail = (): never => {
        throw new RangeError('error in initializer');
      };
      const executor = make(2, { initializer: init_fail });
      await expect(soon(executor.submit(get_init_status).result())).rejects.toBeInstanceOf(BrokenExecutor);
      expect(() => executor.submit(get_init_status)).toThrow(BrokenExecutor);
      // Nobody listens to the log: then it is written to stderr.
      expect(said.mock.calls.map(String).join('')).toMatch(
        /^Exception in initializer:\nRangeError: error in initializer\n/,
      );
    } finally {
      said.mockRestore();
    }
  });
});

threads('ThreadPoolExecutorTest', (make) => {
  test('test_map_submits_without_iteration', async () => {
    const file = path('finished');
    const executor = make(2);
    const record_finished = (n: number): void => {
      appendFileSync(file, `${n}\n`);
    };
    executor.map(record_finished, range(10));
    await executor.shutdown(true);
    expect(lines(file).map(Number).sort()).toEqual([...range(10)]);
  });

  test('test_saturation', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const executor = make(4);
    const futures = Array.from({ length: 60 }, () => executor.submit(enter, file, gate));
    await until(() => lines(file).length === 4);
    open(gate);
    await executor.shutdown(true);
    expect(new Set(await Promise.all(futures.map((future) => future.result()))).size).toBe(4);
  });

  test('test_idle_thread_reuse', async () => {
    const executor = make();
    const names = new Set<string>();
    for (const _ of range(3)) names.add(await executor.submit(worker).result());
    expect(names.size).toBe(1);
  });

  test('test_executor_map_current_future_cancel', async () => {
    const [gate, file] = [path('gate'), path('log')];
    const log_n_wait = (file: string, gate: string, ident: string): void => {
      appendFileSync(file, `${ident} started\n`);
      pass(gate);
      appendFileSync(file, `${ident} stopped\n`);
    };
    const executor = make(1);
    const future = executor.submit(log_n_wait, file, gate, 'first');
    const iterator = executor.map(log_n_wait, [file, file], [gate, gate], ['second', 'third'], {
      timeout: 0,
    });
    await expect(iterator.next()).rejects.toBeInstanceOf(TimeoutError);
    open(gate);
    await future.result();
    await executor.shutdown();
    expect(lines(file)).toEqual(['first started', 'first stopped']);
  });

  test('test_thread_names_assigned, test_thread_names_default', async () => {
    const name = (): string => threading.current_thread().name;
    const special = new Set<string>();
    const executor = make(5, { thread_name_prefix: 'SpecialPool' });
    for await (const each of executor.map(name, range(-5, 5))) special.add(each);
    for (const each of special) expect(each).toMatch(/^SpecialPool_[0-4]$/);
    expect(await make(2).submit(name).result()).toMatch(/^ThreadPoolExecutor-\d+_0$/);
  });
});

describe('the names of threads', () => {
  test('are counted as in Python: executors with a prefix do not count', async () => {
    const name = (): string => threading.current_thread().name;
    const names: string[] = [];
    for (const prefix of [null, 'pre', null]) {
      await using executor = new ThreadPoolExecutor(1, prefix);
      names.push(await executor.submit(name).result());
    }
    const [first, second, third] = names;
    expect(second).toBe('pre_0');
    const number = (text = ''): number => Number(/^ThreadPoolExecutor-(\d+)_0$/.exec(text)?.[1]);
    expect(number(third)).toBe(number(first) + 1);
  });
});

processes('ProcessPoolExecutorTest', (make, { wait }) => {
  test('test_killed_child', async () => {
    const executor = make(2);
    const pid = await executor.submit(worker).result();
    const future = executor.submit(sleep, 3);
    process.kill(pidOf(pid), 'SIGTERM');
    await expect(soon(future.result())).rejects.toBeInstanceOf(BrokenProcessPool);
    expect(() => executor.submit(pow, 2, 8)).toThrow(BrokenProcessPool);
  });

  test('test_map_chunksize', async () => {
    const executor = make(2);
    const expected = [...range(40)].map((n) => n ** n);
    for (const chunksize of [6, 50, 40]) {
      expect(await all(executor.map(pow, range(40), range(40), { chunksize }))).toEqual(expected);
    }
    expect(() => executor.map(pow, range(40), range(40), { chunksize: -1 })).toThrow(
      'chunksize must be >= 1.',
    );
  });

  test('test_traceback', async () => {
    const raises = (): never => {
      throw new RangeError('123');
    };
    const error = (await make(2).submit(raises).exception()) as RangeError;
    expect(error.message).toBe('123');
    expect(error.cause).toBeInstanceOf(RemoteTraceback);
    expect((error.cause as RemoteTraceback).tb).toContain('cpython.spec.ts');
  });

  test('test_traceback_when_child_process_terminates_abruptly', async () => {
    const error = await make(1)
      .submit(() => process.exit(99))
      .exception();
    expect((error as Error).message).toContain('terminated abruptly with exit code 99');
  });

  test('test_saturation of processes', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const executor = make(2);
    const futures = Array.from({ length: 30 }, () => executor.submit(enter, file, gate));
    await until(() => lines(file).length === 2);
    open(gate);
    await wait(futures);
    expect(new Set(lines(file)).size).toBe(2);
  });

  test('test_idle_process_reuse_one, test_idle_process_reuse_multiple', async () => {
    const executor = make(4);
    const futures = [executor.submit(worker)];
    await futures[0]?.result();
    for (const _ of range(2)) {
      futures.push(executor.submit(worker), executor.submit(worker));
      await futures.at(-1)?.result();
    }
    const names = await Promise.all(futures.map((future) => future.result()));
    expect(new Set(names).size).toBeLessThanOrEqual(3);
    expect(names[1] === names[0] || names[2] === names[0]).toBe(true);
  });

  test('test_max_tasks_per_child', async () => {
    const executor = make(1, { max_tasks_per_child: 3 });
    const pids: string[] = [];
    for (const _ of range(4)) pids.push(await executor.submit(worker).result());
    expect(new Set(pids.slice(0, 3)).size).toBe(1);
    expect(pids[3]).not.toBe(pids[0]);
    await until(() => !isAlive(pids[0] as string));
  });

  test('test_max_tasks_early_shutdown', async () => {
    const executor = make(3, { max_tasks_per_child: 1 });
    const futures = [...range(6)].map((n) => executor.submit(mul, n, n));
    await executor.shutdown();
    expect(await Promise.all(futures.map((future) => future.result(0)))).toEqual([0, 1, 4, 9, 16, 25]);
  });

  test.each(['terminate_workers', 'kill_workers'] as const)(
    'test_force_shutdown_workers: %s',
    async (name) => {
      const [gate, file] = [path('never'), path('log')];
      const executor = make(1);
      const put_wait_put = (file: string, gate: string): void => {
        enter(file, gate);
        appendFileSync(file, 'finished\n');
      };
      executor.submit(put_wait_put, file, gate);
      await until(() => lines(file).length === 1);
      executor[name]();
      await executor.shutdown();
      expect(isAlive(lines(file)[0] as string)).toBe(false);
      open(gate);
      expect(lines(file)).toHaveLength(1);
    },
  );

  test('test_error_at_task_pickle', async () => {
    const { submit } = make(2).with_options();
    await expect(submit(str, Promise.resolve() as never).result()).rejects.toBeInstanceOf(PicklingError);
  });
});
