import { appendFileSync } from 'node:fs';
import { get_context } from 'multiprocessing-ts';
import {
  CancelledError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type Future,
} from 'multiprocessing-ts/concurrent/futures';
import { exc, excOf, isAlive, lines, open, oracle, pass, scratch, soon, until, worker } from '../support';
import { asyncExecutors, executors, processes } from './support';

const path = scratch();
const recorded = oracle('f06_shutdown');
const window = oracle('f10_ppe_cancel_window');

const identity = (x: number): number => x;
const slow = async (x: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return x;
};
const wait_for = (gate: string, x: number): number => {
  pass(gate);
  return x;
};
const enter = (file: string, gate: string): string => {
  appendFileSync(file, `${worker()}\n`);
  pass(gate);
  return worker();
};
const state = (future: Future<unknown>): string =>
  future.cancelled() ? 'CANCELLED' : future.done() ? 'FINISHED' : future.running() ? 'RUNNING' : 'PENDING';

executors('shutdown()', (make, kind, { wait, as_completed }) => {
  test('waits until everything is done and no worker is left', async () => {
    const executor = make(2);
    const futures = [1, 2, 3].map((n) => executor.submit(slow, n));
    const name = executor.submit(worker);
    await expect(executor.shutdown()).resolves.toBe(undefined);
    expect(recorded(`${kind} shutdown returns`).ok).toBeNull();
    expect(futures.map(state)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
    expect(await Promise.all(futures.map((future) => future.result(0)))).toEqual([1, 2, 3]);
    expect(isAlive(await name.result())).toBe(false);
  });

  test('may be called twice, and of an executor that was never used', async () => {
    const executor = make(1);
    const future = executor.submit(slow, 1);
    await Promise.all([executor.shutdown(), executor.shutdown()]);
    await executor.shutdown();
    expect(future.done()).toBe(true);
    await expect(make(1).shutdown()).resolves.toBeUndefined();
  });

  test('takes no more work: submit and map throw at the call', async () => {
    const executor = make(1);
    await executor.shutdown();
    expect(await excOf(() => executor.submit(identity, 1))).toEqual(exc(recorded(`${kind} submit after`)));
    expect(await excOf(() => executor.map(identity, [1]))).toEqual(exc(recorded(`${kind} map after`)));
    expect(await executor.map(identity, []).next()).toEqual({ done: true, value: undefined });
    expect(await excOf(() => executor.with_options({ timeout: 1 }).submit(identity, 1))).toEqual(
      exc(recorded(`${kind} submit after`)),
    );
  });

  test.each([[[false]], [[{ wait: false }]]])(
    '%j does not wait: what is submitted is still done',
    async (given) => {
      const gate = path('gate');
      const executor = make(1);
      const futures = [0, 1, 2].map((n) => executor.submit(wait_for, gate, n));
      await executor.shutdown(...(given as [boolean]));
      expect(futures.some((future) => future.done())).toBe(false);
      expect(await excOf(() => executor.submit(identity, 1))).toEqual(exc(recorded(`${kind} submit after`)));
      open(gate);
      expect(await Promise.all(futures.map((future) => future.result(45)))).toEqual(
        recorded(`${kind} wait=False pending still run`).ok,
      );
    },
  );

  test('cancel_futures cancels what has not started', async () => {
    const [gate, file] = [path('gate'), path('entered')];
    const executor = make(1);
    const futures = Array.from({ length: 6 }, () => executor.submit(enter, file, gate));
    await until(() => lines(file).length === 1);
    const down = executor.shutdown(true, { cancel_futures: true });
    expect(futures.slice(1).map(state)).toEqual(Array(5).fill('CANCELLED'));
    open(gate);
    await soon(down);
    // As threads have it in Python; its processes have taken in a few more, which cannot be cancelled.
    expect(futures.map(state)).toEqual(window('TPE cancel_futures final states').ok);
    expect(futures.map((future) => future.done())).toEqual(window(`${kind}: done()`).ok);
    expect(lines(file)).toHaveLength(1);
  });

  // H14: in CPython, as_completed() and wait() never see these.
  test('what cancel_futures cancelled is seen by as_completed() and wait()', async () => {
    const gate = path('gate');
    const executor = make(1);
    const futures = Array.from({ length: 6 }, (_, n) => executor.submit(wait_for, gate, n));
    await until(() => futures[0]?.running() === true);
    const waiting = wait(futures, { timeout: 45 });
    const down = executor.shutdown(true, { cancel_futures: true });
    open(gate);
    await soon(down);
    const states: string[] = [];
    for await (const future of as_completed(futures, 45)) states.push(state(future));
    expect(
      window(
        `${kind}: as_completed() after shutdown(cancel_futures=True): cancelled futures are never notified`,
      ).ok,
    ).toContainEqual(expect.stringMatching(/futures unfinished$/));
    expect(states.sort()).toEqual([...Array<string>(5).fill('CANCELLED'), 'FINISHED']);
    expect((await waiting).not_done.size).toBe(0);
  });

  test('cancel_futures ends a future that somebody has said by hand to be running', async () => {
    const executor = make(1);
    const future = executor.submit(identity, 1);
    future.set_running_or_notify_cancel();
    await executor.shutdown(true, { cancel_futures: true });
    expect(future.cancelled()).toBe(false);
    await expect(soon(future.result())).rejects.toBeInstanceOf(CancelledError);
  });

  test('cancel_futures is given by keyword only, and rejects', async () => {
    expect(exc(recorded(`${kind} positional cancel_futures`)).type).toBe('TypeError');
    const shutdown = make(1) as unknown as { shutdown(...args: unknown[]): Promise<void> };
    await expect(shutdown.shutdown(true, true)).rejects.toThrow(
      new TypeError('shutdown() takes from 0 to 1 positional arguments but 2 were given'),
    );
    await expect(shutdown.shutdown({ cancel: true })).rejects.toThrow(
      new TypeError("shutdown() got an unexpected keyword argument 'cancel'"),
    );
  });

  test('in the callback of one future, the others are still done', async () => {
    const executor = make(1);
    const [first, second] = [executor.submit(identity, 1), executor.submit(identity, 2)];
    first.add_done_callback(() => void executor.shutdown(false));
    expect(await second.result()).toBe(2);
    expect(await excOf(() => executor.submit(identity, 1))).toEqual(exc(recorded(`${kind} submit after`)));
  });
});

executors('an executor in an `await using` block', (_make, kind) => {
  const make = (): ThreadPoolExecutor | ProcessPoolExecutor =>
    kind === 'ThreadPoolExecutor' ? new ThreadPoolExecutor(1) : new ProcessPoolExecutor(1);

  test('is shut down and waited for, also when the block is left by an error', async () => {
    const submitted: Future<number>[] = [];
    const body = async (): Promise<never> => {
      await using executor = make();
      submitted.push(executor.submit(slow, 5));
      throw new RangeError('body');
    };
    await expect(body()).rejects.toThrow(new RangeError('body'));
    expect(exc(recorded(`${kind} with-body exception`)).type).toBe('KeyError');
    expect([submitted[0]?.done(), await submitted[0]?.result()]).toEqual(
      recorded(`${kind} with exit waited`).ok,
    );
  });
});

processes('terminate_workers() and kill_workers()', (make) => {
  const BOTH = ['terminate_workers', 'kill_workers'] as const;

  test.each(BOTH)('%s ends what runs, and cancels what has not started', async (name) => {
    const [gate, file] = [path('never'), path('entered')];
    const executor = make(1);
    const [first, second] = [executor.submit(enter, file, gate), executor.submit(identity, 2)];
    await until(() => lines(file).length === 1);
    executor[name]();
    expect(second.cancelled()).toBe(true);
    await expect(soon(first.result())).rejects.toMatchObject({
      name: 'BrokenProcessPool',
      message:
        'A process in the process pool was terminated abruptly while the future was running or pending.',
    });
    await soon(executor.shutdown());
    expect(isAlive(lines(file)[0] as string)).toBe(false);
  });

  test.each(BOTH)('%s takes no more work', async (name) => {
    const executor = make(1);
    await executor.submit(identity, 1).result();
    executor[name]();
    expect(await excOf(() => executor.submit(identity, 1))).toEqual(
      exc(recorded('ProcessPoolExecutor submit after')),
    );
  });

  test.each(BOTH)('%s of an executor without workers, or twice, does nothing', async (name) => {
    const executor = make(1);
    executor[name]();
    executor[name]();
    await expect(soon(executor.shutdown())).resolves.toBeUndefined();
  });

  test.each(BOTH)('%s of a broken executor does nothing', async (name) => {
    const executor = make(1);
    await executor.submit(() => process.exit(1)).exception();
    executor[name]();
    await expect(soon(executor.shutdown())).resolves.toBeUndefined();
  });

  test.each(BOTH)('%s ends threads of mp_context, too', async (name) => {
    const [gate, file] = [path('never'), path('entered')];
    const executor = make(1, { mp_context: get_context('thread') });
    const future = executor.submit(enter, file, gate);
    await until(() => lines(file).length === 1);
    executor[name]();
    await expect(soon(future.result())).rejects.toMatchObject({ name: 'BrokenProcessPool' });
    await soon(executor.shutdown());
    expect(isAlive(lines(file)[0] as string)).toBe(false);
  });

  test('kill_workers helps where a process does not hear of terminate_workers', async () => {
    const file = path('deaf');
    const executor = make(1);
    const future = executor.submit((file: string) => {
      process.on('SIGTERM', () => undefined);
      appendFileSync(file, `${worker()}\n`);
      for (;;);
    }, file);
    await until(() => lines(file).length === 1);
    executor.terminate_workers();
    executor.kill_workers();
    expect(await soon(future.exception())).toMatchObject({ name: 'BrokenProcessPool' });
    await soon(executor.shutdown());
    expect(isAlive(lines(file)[0] as string)).toBe(false);
  });

  test('the callbacks of all futures are called', async () => {
    const executor = make(1);
    const gate = path('never');
    const futures = [1, 2, 3].map((n) => executor.submit(wait_for, gate, n));
    const seen: string[] = [];
    for (const future of futures) future.add_done_callback((done) => seen.push(state(done)));
    await until(() => futures[0]?.running() === true);
    executor.terminate_workers();
    expect(seen.sort()).toEqual(['CANCELLED', 'CANCELLED', 'FINISHED']);
    await executor.shutdown();
  });
});

// `running()` of a future that blocks looks for what has come: it may be done.
// The other facade gives out at once what is submitted, as Python does.
asyncExecutors('shutdown() in the turn of the submit', (make) => {
  test('cancel_futures in the turn of the submit cancels all, and no worker is started', async () => {
    const file = path('started');
    const initializer = (file: string): void => {
      appendFileSync(file, 'started\n');
    };
    const executor = make(2, { initializer, initargs: [file] });
    const futures = [1, 2, 3].map((n) => executor.submit(identity, n));
    await executor.shutdown({ cancel_futures: true });
    expect(lines(file)).toEqual([]);
    expect(futures.map(state)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    await expect(futures[0]?.result()).rejects.toBeInstanceOf(CancelledError);
  });
});

asyncExecutors('shutdown() of what was sent ahead', (make) => {
  test('cancel_futures cancels what was sent to workers and not started; what is said to run, runs', async () => {
    const gate = path('gate');
    const executor = make(2);
    const maybe = (gate: string | null): void => {
      if (gate !== null) pass(gate);
    };
    // Known to be fast: many are sent ahead.
    await executor.submit(maybe, null).result();
    const futures = Array.from({ length: 300 }, () => executor.submit(maybe, gate));
    await Promise.resolve();
    const running = futures.filter((future) => future.running());
    expect(running).toHaveLength(1);
    const down = executor.shutdown(true, { cancel_futures: true });
    open(gate);
    await soon(down);
    expect(futures.every((future) => future.done())).toBe(true);
    expect(running[0]?.cancelled()).toBe(false);
    expect(futures.filter((future) => future.cancelled()).length).toBeGreaterThanOrEqual(298);
  });
});
