import { appendFileSync } from 'node:fs';
import { getEventListeners } from 'node:events';
import { OSError } from 'multiprocessing-ts/builtins';
import { CancelledError, TimeoutError } from 'multiprocessing-ts/concurrent/futures';
import { all, drain, excOf, isAlive, lines, open, pass, scratch, soon, until, worker } from '../support';
import { asyncExecutors, executors, processes } from './support';

const path = scratch();
const reason = new Error('not wanted any more');
const identity = <T>(x: T): T => x;
const args = (...given: unknown[]): unknown[] => given;

/** Says that it runs, then never ends. */
const mark = (file: string): never => {
  appendFileSync(file, `${worker()}\n`);
  for (;;);
};
const note = (file: string, n: number): number => {
  appendFileSync(file, `${n}\n`);
  return n;
};
/** -1 never ends. */
const sometimes = (x: number): number => {
  while (x === -1);
  return x;
};
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

executors('with_options({ timeout })', (make) => {
  test('fails a call that overruns with the TimeoutError of this module, and replaces its worker', async () => {
    const executor = make(1);
    const before = await executor.submit(worker).result();
    const error = await soon(executor.with_options({ timeout: 0.1 }).submit(sometimes, -1).exception());
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toBeInstanceOf(OSError);
    expect((error as Error).message).toBe('the call ran longer than its timeout of 0.1 s');
    expect(await executor.submit(worker).result()).not.toBe(before);
  });

  test('does not break the executor: what waited behind it is run', async () => {
    const executor = make(1);
    const slow = executor.with_options({ timeout: 0.1 }).submit(sometimes, -1);
    const others = [1, 2, 3].map((n) => executor.submit(identity, n));
    await expect(soon(slow.result())).rejects.toBeInstanceOf(TimeoutError);
    expect(await soon(Promise.all(others.map((other) => other.result())))).toEqual([1, 2, 3]);
  });

  test('counts from the start of the call', async () => {
    const gate = path('gate');
    const executor = make(1);
    const before = await executor.submit(worker).result();
    const first = executor.submit(pass, gate);
    const second = executor.with_options({ timeout: 0.5 }).submit(sometimes, -1);
    // Of one that is submitted later, and starts at once, it is over.
    await soon(make(1).with_options({ timeout: 0.5 }).submit(sometimes, -1).exception());
    expect([first.done(), second.done()]).toEqual([false, false]);
    open(gate);
    expect(await soon(second.exception())).toBeInstanceOf(TimeoutError);
    expect(await first.exception()).toBeNull();
    // It was started: that cost it its worker.
    expect(await executor.submit(worker).result()).not.toBe(before);
  });

  test('counts for each item of a map', async () => {
    const file = path('ran');
    const executor = make(1);
    const iterator = executor
      .with_options({ timeout: 2 })
      .map((x: number) => note(file, sometimes(x)), [1, 2, -1, 3]);
    expect(await soon(drain(iterator, ({ name }) => name, 'Stop'))).toEqual([
      1,
      2,
      'TimeoutError',
      'Stop',
      'Stop',
    ]);
    await executor.shutdown();
    expect(lines(file).slice(0, 2)).toEqual(['1', '2']);
  });

  test.each([null, undefined, Infinity])('of %p is none', async (timeout) => {
    const submitter = make(1).with_options(timeout === undefined ? {} : { timeout });
    expect(await submitter.submit(identity, 1).result()).toBe(1);
  });
});

executors('with_options({ signal })', (make, _kind, { wait }) => {
  test('aborts what runs: its worker is replaced, and the executor is not broken', async () => {
    const file = path('mark');
    const executor = make(1);
    const controller = new AbortController();
    const future = executor.with_options({ signal: controller.signal }).submit(mark, file);
    const behind = executor.submit(identity, 2);
    await until(() => lines(file).length === 1);
    controller.abort(reason);
    await expect(soon(future.result())).rejects.toBe(reason);
    expect([future.cancelled(), await future.exception()]).toEqual([false, reason]);
    await until(() => !isAlive(lines(file)[0] as string));
    expect(await behind.result()).toBe(2);
  });

  test('aborts what waits: no worker is touched, and it never runs', async () => {
    const [gate, file] = [path('gate'), path('ran')];
    const executor = make(1);
    const before = executor.submit((gate: string) => (pass(gate), worker()), gate);
    const controller = new AbortController();
    const future = executor.with_options({ signal: controller.signal }).submit(note, file, 1);
    controller.abort(reason);
    await expect(soon(future.result())).rejects.toBe(reason);
    open(gate);
    expect(await executor.submit(worker).result()).toBe(await before.result());
    expect(lines(file)).toEqual([]);
  });

  test('aborts many calls at once', async () => {
    const file = path('mark');
    const executor = make(2);
    const controller = new AbortController();
    const abortable = executor.with_options({ signal: controller.signal });
    const futures = Array.from({ length: 20 }, () => abortable.submit(mark, file));
    const other = executor.submit(identity, 1);
    await until(() => lines(file).length === 2);
    controller.abort(reason);
    await soon(wait(futures));
    expect(await Promise.all(futures.map((future) => future.exception()))).toEqual(futures.map(() => reason));
    expect(await other.result()).toBe(1);
    expect(lines(file)).toHaveLength(2);
  });

  test('aborted already, the call fails, but not before it is made', async () => {
    const future = make(1)
      .with_options({ signal: AbortSignal.abort(reason) })
      .submit(identity, 1);
    expect(String(future)).toContain('state=pending');
    await expect(future.result()).rejects.toBe(reason);
  });

  test('abort after the end changes nothing', async () => {
    const controller = new AbortController();
    const executor = make(1);
    const future = executor.with_options({ signal: controller.signal }).submit(identity, 1);
    expect(await future.result()).toBe(1);
    controller.abort(reason);
    expect(await future.result()).toBe(1);
    expect(await executor.submit(identity, 2).result()).toBe(2);
  });

  test('leaves no listeners, whatever becomes of the calls', async () => {
    const gate = path('gate');
    const { signal } = new AbortController();
    const executor = make(1);
    const abortable = executor.with_options({ signal });
    const returned = abortable.submit(identity, 1);
    const threw = abortable.submit((): never => {
      throw reason;
    });
    const waiting = executor.submit(pass, gate);
    const cancelled = abortable.submit(identity, 2);
    expect(listeners(signal)).toBe(1);
    await wait([returned, threw]);
    await until(() => waiting.running());
    expect(cancelled.cancel()).toBe(true);
    expect(listeners(signal)).toBe(0);
    const refused = abortable.submit(identity, Promise.resolve());
    await refused.exception();
    const dropped = abortable.submit(identity, 3);
    const down = executor.shutdown(true, { cancel_futures: true });
    await expect(dropped.result()).rejects.toBeInstanceOf(CancelledError);
    expect(listeners(signal)).toBe(0);
    open(gate);
    await down;
  });

  test('and a timeout go together', async () => {
    const file = path('mark');
    const controller = new AbortController();
    const executor = make(1).with_options({ signal: controller.signal, timeout: 45 });
    const future = executor.submit(mark, file);
    await until(() => lines(file).length === 1);
    controller.abort(reason);
    await expect(soon(future.result())).rejects.toBe(reason);
  });
});

executors('map with a signal', (make) => {
  test('and one of with_options: either aborts it', async () => {
    for (const which of [0, 1]) {
      const file = path('mark');
      const controllers = [new AbortController(), new AbortController()] as const;
      const [outer, inner] = controllers.map(({ signal }) => signal) as [AbortSignal, AbortSignal];
      const iterator = make(1).with_options({ signal: outer }).map(mark, [file], { signal: inner });
      await until(() => lines(file).length === 1);
      controllers[which]?.abort(reason);
      await expect(soon(iterator.next())).rejects.toBe(reason);
      expect([listeners(outer), listeners(inner)]).toEqual([0, 0]);
    }
  });
});

processes('map in chunks with a signal', (make) => {
  test('aborts the chunks', async () => {
    const file = path('mark');
    const controller = new AbortController();
    const iterator = make(1).map(mark, [file, file, file], { chunksize: 2, signal: controller.signal });
    await until(() => lines(file).length === 1);
    controller.abort(reason);
    await expect(soon(iterator.next())).rejects.toBe(reason);
  });
});

executors('options and arguments', (make) => {
  test('are not confused: submit has arguments only, with_options options only', async () => {
    const executor = make(1);
    const { signal } = new AbortController();
    expect(await executor.submit(args, { timeout: 5 }).result()).toEqual([{ timeout: 5 }]);
    const submitter = executor.with_options({ timeout: 45, signal });
    expect(await submitter.submit(args, { timeout: 1 }, {}).result()).toEqual([{ timeout: 1 }, {}]);
    expect(await all(submitter.map(args, [1, 2], [3, 4], { timeout: 45 }))).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  const bad: [unknown[], string][] = [
    [[{ timout: 5 }], "with_options() got an unexpected keyword argument 'timout'"],
    [[{ chunksize: 5 }], "with_options() got an unexpected keyword argument 'chunksize'"],
    [[5], 'with_options() takes 0 positional arguments but 1 was given'],
    [[AbortSignal.abort()], 'with_options() takes 0 positional arguments but 1 was given'],
    [[{ signal: new AbortController() }], 'signal must be an AbortSignal'],
    [[{ timeout: '5' }], 'timeout must be a number of seconds, not string'],
  ];

  test.each(bad)('with_options(%j) is a TypeError', (given, message) => {
    const executor = make(1) as unknown as { with_options(...args: unknown[]): unknown };
    expect(() => executor.with_options(...given)).toThrow(new TypeError(message));
  });

  test.each([0, -1])('a timeout of %d is a ValueError', async (timeout) => {
    expect(await excOf(() => make(1).with_options({ timeout }))).toEqual({
      type: 'ValueError',
      str: `timeout must be greater than 0, not ${timeout}`,
    });
  });

  test('without options it is the executor as it was', async () => {
    expect(await make(1).with_options().submit(identity, 1).result()).toBe(1);
  });
});

// While a call blocks, nothing here comes to abort it.
asyncExecutors('a signal that aborts on the event loop', (make) => {
  // The other facade gives out at once what is submitted.
  test('aborted in the turn of the call, no worker is started', async () => {
    const file = path('started');
    const executor = make(1, {
      initializer: (file: string) => {
        note(file, 1);
      },
      initargs: [file],
    });
    const controller = new AbortController();
    const future = executor.with_options({ signal: controller.signal }).submit(identity, 1);
    controller.abort(reason);
    await expect(future.result()).rejects.toBe(reason);
    await executor.shutdown();
    expect(lines(file)).toEqual([]);
  });

  test('gives what is there, then the reason, then the end', async () => {
    const file = path('mark');
    const executor = make(1);
    const controller = new AbortController();
    const iterator = executor.map((n: number) => (n === 1 ? mark(file) : n), [0, 1, 2, 3], {
      signal: controller.signal,
    });
    expect((await iterator.next()).value).toBe(0);
    const second = iterator.next();
    await until(() => lines(file).length === 1);
    controller.abort(reason);
    await expect(soon(second)).rejects.toBe(reason);
    expect(await drain(iterator)).toEqual(['StopIteration', 'StopIteration']);
    expect(listeners(controller.signal)).toBe(0);
    expect(await executor.submit(identity, 1).result()).toBe(1);
  });

  test('stops waiting for an asynchronous input, and closes it', async () => {
    let closed = 0;
    const input: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: async () => {
          closed++;
          return { done: true, value: undefined };
        },
      }),
    };
    const controller = new AbortController();
    const iterator = make(1).map(identity, input, { signal: controller.signal });
    const waiting = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(soon(waiting)).rejects.toBe(reason);
    expect(closed).toBe(1);
    expect(listeners(controller.signal)).toBe(0);
    const late = make(1).map(identity, input, { signal: controller.signal });
    await expect(soon(late.next())).rejects.toBe(reason);
  });

  test('AbortSignal.timeout() will do', async () => {
    const future = make(1)
      .with_options({ signal: AbortSignal.timeout(100) })
      .submit(mark, path('mark'));
    await expect(soon(future.result())).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
