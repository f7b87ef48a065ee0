import { ValueError } from 'multiprocessing-ts/builtins';
import {
  as_completed,
  Future,
  TimeoutError,
  type CompletedFutures,
} from 'multiprocessing-ts/concurrent/futures';
import { excOf, exc, oracle } from '../../contract/support';
import { raised, returned, settled, STATES, turn } from './support';

const recorded = oracle('f04_as_completed');

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** What comes, as the recording has it. */
async function drain(futures: CompletedFutures<Future<unknown>>): Promise<unknown[]> {
  const out: unknown[] = [];
  try {
    for await (const each of futures) out.push(each.cancelled() ? 'cancelled' : await each.result());
  } catch (error) {
    expect(error).toBeInstanceOf(TimeoutError);
    out.push(`TimeoutError: ${(error as Error).message}`);
  }
  return out;
}

/** As {@link drain}, when so many milliseconds have passed. */
async function drainFor(ms: number, futures: CompletedFutures<Future<unknown>>): Promise<unknown[]> {
  const drained = drain(futures);
  await turn();
  jest.advanceTimersByTime(ms);
  return await drained;
}

describe('as_completed', () => {
  test('gives what is done, and then says how many are not', async () => {
    const futures = [returned(1), returned(2), new Future(), new Future()];
    const drained = (await drain(as_completed(futures, 0))).map(String);
    expect(drained).toEqual(recorded('timeout=0, 2 of 4 pending').ok);
  });

  test('knows a timeout', async () => {
    expect(await drainFor(100, as_completed([new Future()], 0.1))).toEqual(
      recorded('timeout=.1, 1 pending of 1').ok,
    );
    expect(await drain(as_completed([new Future()], -1))).toEqual(recorded('timeout negative').ok);
    expect(await drain(as_completed([returned(5)], { timeout: 0 }))).toEqual(
      recorded('timeout=0 all done').ok,
    );
  });

  test('gives each future once, from any iterable', async () => {
    const future = returned(7);
    expect(await drain(as_completed([]))).toEqual(recorded('empty').ok);
    expect(await drain(as_completed([future, future, future]))).toEqual(recorded('duplicates once').ok);
    const generator = (function* () {
      yield future;
    })();
    expect(await drain(as_completed(generator))).toEqual(recorded('generator input').ok);
    expect(await drain(as_completed(new Map([[future, 'url']])))).toEqual(recorded('generator input').ok);
  });

  test('gives a cancelled future when its executor knows, not before', async () => {
    expect(await drain(as_completed([STATES.CANCELLED_AND_NOTIFIED()]))).toEqual(recorded('CN yields').ok);
    const future = STATES.CANCELLED();
    expect(await drainFor(100, as_completed([future], 0.1))).toEqual(
      recorded('C (not notified) does not yield').ok,
    );
    const drained = drain(as_completed([future]));
    await turn();
    future.set_running_or_notify_cancel();
    expect(await drained).toEqual(['cancelled']);
  });

  test('counts the time from the first next()', async () => {
    const futures = as_completed([new Future()], { timeout: 0.3 });
    jest.advanceTimersByTime(500);
    const drained = drain(futures);
    expect(await settled(drained)).toBe(false);
    jest.advanceTimersByTime(299);
    expect(await settled(drained)).toBe(false);
    jest.advanceTimersByTime(1);
    expect([await drained, true]).toEqual(recorded('timer starts at first next(), not at the call').ok);
  });

  test('counts the time for all, not for each', async () => {
    const futures = [0, 1, 2].map(() => new Future<number>());
    const drained = drain(as_completed(futures, 1));
    for (const [i, future] of futures.entries()) {
      await turn();
      jest.advanceTimersByTime(400);
      if (i < 2) future.set_result(i);
    }
    expect(await drained).toEqual([0, 1, 'TimeoutError: 1 (of 3) futures unfinished']);
  });

  test('gives what was done in time to a reader that is late (CPython calls it unfinished)', async () => {
    const futures = [0, 1, 2].map(() => new Future<number>());
    const it = as_completed(futures, 1);
    const first = it.next();
    futures[0]!.set_result(0);
    await first;
    futures[1]!.set_result(1);
    jest.advanceTimersByTime(5000);
    expect((await it.next()).value).toBe(futures[1]);
    await expect(it.next()).rejects.toThrow('1 (of 3) futures unfinished');
    expect(await it.next()).toEqual({ value: undefined, done: true });
  });

  test('reports wrong futures at the first next(), wrong keywords at the call', async () => {
    expect(recorded('bad input is only reported at first next').ok).toBe('generator');
    expect(await excOf(() => as_completed(5 as never).next())).toEqual({
      ...exc(recorded('  next')),
      str: exc(recorded('  next')).str.replace("'int'", "'number'"),
    });
    // Python: AttributeError: 'int' object has no attribute '_condition'.
    expect(exc(recorded('  non-future')).type).toBe('AttributeError');
    const it = as_completed([1 as never]);
    await expect(it.next()).rejects.toThrow(new TypeError("as_completed() takes futures, not 'number'"));
    expect(await it.next()).toEqual({ value: undefined, done: true });
    await expect(as_completed([], '5' as never).next()).rejects.toThrow(TypeError);
    expect(() => as_completed([], { timeouts: 5 } as never)).toThrow(
      "as_completed() got an unexpected keyword argument 'timeouts'",
    );
  });

  test('gives futures in the order in which they are done', async () => {
    const futures = [0, 1, 2].map(() => new Future<number>());
    const drained = drain(as_completed(futures));
    for (const i of [2, 0, 1]) {
      await turn();
      futures[i]!.set_result(i);
    }
    expect(await drained).toEqual(recorded('completion order').ok);
  });

  test('even if they are done in one go', async () => {
    const futures = [0, 1, 2].map(() => new Future<number>());
    const drained = drain(as_completed(futures));
    await turn();
    for (const i of [2, 1, 0]) futures[i]!.set_result(i);
    expect(await drained).toEqual(recorded('burst keeps finishing order').ok);
  });

  test('gives what is done already in the order given', async () => {
    const futures = [0, 1, 2].map(() => new Future<number>());
    for (const i of [2, 1, 0]) futures[i]!.set_result(i);
    expect(await drain(as_completed(futures))).toEqual([0, 1, 2]);
  });

  test('gives a future that failed instead of its error', async () => {
    const { value } = await as_completed([raised(new ValueError('v'))]).next();
    expect((await value!.exception()) as Error).toMatchObject({
      name: recorded('exception futures are yielded not raised').ok,
    });
  });

  test('answers several next() at once, in their order', async () => {
    const futures = [0, 1].map(() => new Future<number>());
    const it = as_completed(futures);
    const answers = [it.next(), it.next(), it.next()];
    futures[1]!.set_result(1);
    futures[0]!.set_result(0);
    const results = await Promise.all(answers);
    expect(results.map(({ value }) => (value === undefined ? -1 : futures.indexOf(value)))).toEqual([
      1, 0, -1,
    ]);
    expect(results.map(({ done }) => done)).toEqual([false, false, true]);
  });

  test('times out for the first of several next()', async () => {
    const it = as_completed([new Future()], 1);
    const answers = Promise.allSettled([it.next(), it.next()]);
    await turn();
    jest.advanceTimersByTime(1000);
    expect(await answers).toMatchObject([
      { status: 'rejected', reason: { message: '1 (of 1) futures unfinished' } },
      { status: 'fulfilled', value: { done: true } },
    ]);
  });

  test.each(['return', 'close', Symbol.asyncDispose] as const)(
    'ends by %p, also for who waits',
    async (leave) => {
      const future = new Future();
      const it = as_completed([future, returned(1)], 10);
      await it.next();
      const waiting = it.next();
      await it[leave]();
      expect(await waiting).toEqual({ value: undefined, done: true });
      expect(await it.next()).toEqual({ value: undefined, done: true });
      future.set_result(1);
      expect(await it.next()).toEqual({ value: undefined, done: true });
    },
  );

  test('that is left before it began never looks at its futures', async () => {
    let looks = 0;
    const it = as_completed(
      (function* () {
        looks++;
        yield new Future();
      })(),
    );
    it.close();
    expect(await it.next()).toEqual({ value: undefined, done: true });
    expect(looks).toBe(0);
  });
});
