import { OSError, ValueError } from 'multiprocessing-ts/builtins';
import {
  ALL_COMPLETED,
  as_completed,
  CancelledError,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  InvalidStateError,
  TimeoutError,
  wait,
} from 'multiprocessing-ts/concurrent/futures';
import { all } from '../../contract/support';
import { ids, raised, returned, stateOf, STATES, stderr, turn } from './support';

/*
 * CPython's own tests of futures (Lib/test/test_concurrent_futures), under their names: what needs no executor. Where
 * they submit a call, a future is finished by hand.
 */
const captured_stderr = stderr();

const PENDING_FUTURE = STATES.PENDING();
const RUNNING_FUTURE = STATES.RUNNING();
const CANCELLED_FUTURE = STATES.CANCELLED();
const CANCELLED_AND_NOTIFIED_FUTURE = STATES.CANCELLED_AND_NOTIFIED();
const EXCEPTION_FUTURE: Future<unknown> = raised(new OSError());
const SUCCESSFUL_FUTURE: Future<unknown> = returned(42);

/** A call that ends by itself, later. */
function submit(call: () => unknown): Future<unknown> {
  const future = new Future<unknown>();
  future.set_running_or_notify_cancel();
  setImmediate(() => {
    try {
      future.set_result(call());
    } catch (error) {
      future.set_exception(error);
    }
  });
  return future;
}

/** A call that waits for an event. */
function submitWaiting(): { readonly future: Future<unknown>; readonly set: () => void } {
  const future = STATES.RUNNING();
  return { future, set: () => future.set_result(true) };
}

const divide_by_zero = (): never => {
  throw new Error('integer division or modulo by zero');
};

describe('FutureTests', () => {
  test('test_done_callback_with_result', async () => {
    let callback_result: unknown = null;
    const f = new Future<number>();
    f.add_done_callback((callback_future) => {
      callback_result = callback_future.result();
    });
    f.set_result(5);
    expect(await callback_result).toBe(5);
  });

  test('test_done_callback_with_exception', async () => {
    let callback_exception: unknown = null;
    const f = new Future<number>();
    f.add_done_callback((callback_future) => {
      callback_exception = callback_future.exception();
    });
    f.set_exception(new Error('test'));
    expect(await callback_exception).toEqual(new Error('test'));
  });

  test('test_done_callback_with_cancel', () => {
    let was_cancelled: boolean | null = null;
    const f = new Future<number>();
    f.add_done_callback((callback_future) => {
      was_cancelled = callback_future.cancelled();
    });
    expect(f.cancel()).toBe(true);
    expect(was_cancelled).toBe(true);
  });

  test('test_done_callback_raises', () => {
    const called: string[] = [];
    const f = new Future<number>();
    f.add_done_callback(() => {
      called.push('raising_fn');
      throw new Error('doh!');
    });
    f.add_done_callback(() => called.push('fn'));
    f.set_result(5);
    expect(called).toEqual(['raising_fn', 'fn']);
    expect(captured_stderr()).toContain('Error: doh!');
  });

  test('test_done_callback_already_successful', async () => {
    let callback_result: unknown = null;
    const f = new Future<number>();
    f.set_result(5);
    f.add_done_callback((callback_future) => {
      callback_result = callback_future.result();
    });
    expect(await callback_result).toBe(5);
  });

  test('test_done_callback_already_failed', async () => {
    let callback_exception: unknown = null;
    const f = new Future<number>();
    f.set_exception(new Error('test'));
    f.add_done_callback((callback_future) => {
      callback_exception = callback_future.exception();
    });
    expect(await callback_exception).toEqual(new Error('test'));
  });

  test('test_done_callback_already_cancelled', () => {
    let was_cancelled: boolean | null = null;
    const f = new Future<number>();
    expect(f.cancel()).toBe(true);
    f.add_done_callback((callback_future) => {
      was_cancelled = callback_future.cancelled();
    });
    expect(was_cancelled).toBe(true);
  });

  test('test_done_callback_raises_already_succeeded', () => {
    const f = new Future<number>();
    f.set_result(5);
    f.add_done_callback(() => {
      throw new Error('doh!');
    });
    expect(captured_stderr()).toContain('exception calling callback for');
    expect(captured_stderr()).toContain('doh!');
  });

  test('test_repr', () => {
    expect(String(PENDING_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=pending>$/);
    expect(String(RUNNING_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=running>$/);
    expect(String(CANCELLED_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=cancelled>$/);
    expect(String(CANCELLED_AND_NOTIFIED_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=cancelled>$/);
    expect(String(EXCEPTION_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=finished raised OSError>$/);
    // Python: returned int.
    expect(String(SUCCESSFUL_FUTURE)).toMatch(/^<Future at 0x[0-9a-f]+ state=finished returned number>$/);
  });

  test('test_cancel', () => {
    const f1 = STATES.PENDING();
    const f2 = STATES.RUNNING();
    const f3 = STATES.CANCELLED();
    const f4 = STATES.CANCELLED_AND_NOTIFIED();
    const f5 = raised(new OSError());
    const f6 = returned(5);
    expect([f1, f2, f3, f4, f5, f6].map((f) => f.cancel())).toEqual([true, false, true, true, false, false]);
    expect([f1, f2, f3, f4, f5, f6].map(stateOf)).toEqual([
      'CANCELLED',
      'RUNNING',
      'CANCELLED',
      'CANCELLED_AND_NOTIFIED',
      'FINISHED',
      'FINISHED',
    ]);
  });

  const ALL = [
    PENDING_FUTURE,
    RUNNING_FUTURE,
    CANCELLED_FUTURE,
    CANCELLED_AND_NOTIFIED_FUTURE,
    EXCEPTION_FUTURE,
    SUCCESSFUL_FUTURE,
  ];

  test('test_cancelled', () => {
    expect(ALL.map((f) => f.cancelled())).toEqual([false, false, true, true, false, false]);
  });

  test('test_done', () => {
    expect(ALL.map((f) => f.done())).toEqual([false, false, true, true, true, true]);
  });

  test('test_running', () => {
    expect(ALL.map((f) => f.running())).toEqual([false, true, false, false, false, false]);
  });

  test('test_result_with_timeout', async () => {
    await expect(PENDING_FUTURE.result({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(RUNNING_FUTURE.result({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(CANCELLED_FUTURE.result({ timeout: 0 })).rejects.toBeInstanceOf(CancelledError);
    await expect(CANCELLED_AND_NOTIFIED_FUTURE.result({ timeout: 0 })).rejects.toBeInstanceOf(CancelledError);
    await expect(EXCEPTION_FUTURE.result({ timeout: 0 })).rejects.toBeInstanceOf(OSError);
    expect(await SUCCESSFUL_FUTURE.result({ timeout: 0 })).toBe(42);
  });

  test('test_result_with_success', async () => {
    const f1 = new Future<number>();
    setImmediate(() => f1.set_result(42));
    expect(await f1.result({ timeout: 45 })).toBe(42);
  });

  test('test_result_with_cancel', async () => {
    const f1 = new Future<number>();
    setImmediate(() => f1.cancel());
    await expect(f1.result({ timeout: 45 })).rejects.toBeInstanceOf(CancelledError);
  });

  test('test_exception_with_timeout', async () => {
    await expect(PENDING_FUTURE.exception({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(RUNNING_FUTURE.exception({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(CANCELLED_FUTURE.exception({ timeout: 0 })).rejects.toBeInstanceOf(CancelledError);
    await expect(CANCELLED_AND_NOTIFIED_FUTURE.exception({ timeout: 0 })).rejects.toBeInstanceOf(
      CancelledError,
    );
    expect(await EXCEPTION_FUTURE.exception({ timeout: 0 })).toBeInstanceOf(OSError);
    expect(await SUCCESSFUL_FUTURE.exception({ timeout: 0 })).toBeNull();
  });

  test('test_exception_with_success', async () => {
    const f1 = new Future<number>();
    setImmediate(() => f1.set_exception(new OSError()));
    expect(await f1.exception({ timeout: 45 })).toBeInstanceOf(OSError);
  });

  test('test_multiple_set_result', async () => {
    const f = new Future<number>();
    f.set_result(1);
    const again = (): void => f.set_result(2);
    expect(again).toThrow(InvalidStateError);
    expect(again).toThrow(/FINISHED: <Future at 0x[0-9a-f]+ state=finished returned number>/);
    expect(f.done()).toBe(true);
    expect(await f.result()).toBe(1);
  });

  test('test_multiple_set_exception', async () => {
    const f = new Future<number>();
    const e = new ValueError();
    f.set_exception(e);
    const again = (): void => f.set_exception(new Error());
    expect(again).toThrow(InvalidStateError);
    expect(again).toThrow(/FINISHED: <Future at 0x[0-9a-f]+ state=finished raised ValueError>/);
    expect(await f.exception()).toBe(e);
  });
});

describe('WaitTests', () => {
  test('test_20369', async () => {
    const future = submit(() => 1 * 2);
    const [done, not_done] = await wait([future, future], { return_when: ALL_COMPLETED });
    expect(ids(done)).toEqual(ids([future]));
    expect(not_done.size).toBe(0);
  });

  test('test_first_completed', async () => {
    const future1 = submit(() => 21 * 2);
    const { future: future2, set } = submitWaiting();
    const [done, not_done] = await wait([CANCELLED_FUTURE, future1, future2], {
      return_when: FIRST_COMPLETED,
    });
    expect(ids(done)).toEqual(ids([future1]));
    expect(ids(not_done)).toEqual(ids([CANCELLED_FUTURE, future2]));
    set();
    await future2.result();
  });

  test('test_first_completed_some_already_completed', async () => {
    const { future: future1, set } = submitWaiting();
    const [finished, pending] = await wait([CANCELLED_AND_NOTIFIED_FUTURE, SUCCESSFUL_FUTURE, future1], {
      return_when: FIRST_COMPLETED,
    });
    expect(ids(finished)).toEqual(ids([CANCELLED_AND_NOTIFIED_FUTURE, SUCCESSFUL_FUTURE]));
    expect(ids(pending)).toEqual(ids([future1]));
    set();
    await future1.result();
  });

  test('test_first_exception', async () => {
    const future1 = submit(() => 2 * 21);
    const future2 = new Future<unknown>();
    const { future: future3, set } = submitWaiting();
    // Ensure that future1 is completed before future2 finishes.
    future1.add_done_callback(() =>
      setImmediate(() => future2.set_exception(new Error('this is an exception'))),
    );
    const [finished, pending] = await wait([future1, future2, future3], { return_when: FIRST_EXCEPTION });
    expect(ids(finished)).toEqual(ids([future1, future2]));
    expect(ids(pending)).toEqual(ids([future3]));
    set();
    await future3.result();
  });

  test('test_first_exception_some_already_complete', async () => {
    const future1 = submit(divide_by_zero);
    const { future: future2, set } = submitWaiting();
    const [finished, pending] = await wait(
      [SUCCESSFUL_FUTURE, CANCELLED_FUTURE, CANCELLED_AND_NOTIFIED_FUTURE, future1, future2],
      { return_when: FIRST_EXCEPTION },
    );
    expect(ids(finished)).toEqual(ids([SUCCESSFUL_FUTURE, CANCELLED_AND_NOTIFIED_FUTURE, future1]));
    expect(ids(pending)).toEqual(ids([CANCELLED_FUTURE, future2]));
    set();
    await future2.result();
  });

  test('test_first_exception_one_already_failed', async () => {
    const { future: future1, set } = submitWaiting();
    const [finished, pending] = await wait([EXCEPTION_FUTURE, future1], { return_when: FIRST_EXCEPTION });
    expect(ids(finished)).toEqual(ids([EXCEPTION_FUTURE]));
    expect(ids(pending)).toEqual(ids([future1]));
    set();
    await future1.result();
  });

  test('test_all_completed', async () => {
    const future1 = submit(divide_by_zero);
    const future2 = submit(() => 2 * 21);
    const futures = [SUCCESSFUL_FUTURE, CANCELLED_AND_NOTIFIED_FUTURE, EXCEPTION_FUTURE, future1, future2];
    const [finished, pending] = await wait(futures, { return_when: ALL_COMPLETED });
    expect(ids(finished)).toEqual(ids(futures));
    expect(pending.size).toBe(0);
  });

  test('test_timeout', async () => {
    const short_timeout = 0.05;
    const { future, set } = submitWaiting();
    const [finished, pending] = await wait(
      [CANCELLED_AND_NOTIFIED_FUTURE, EXCEPTION_FUTURE, SUCCESSFUL_FUTURE, future],
      { timeout: short_timeout, return_when: ALL_COMPLETED },
    );
    expect(ids(finished)).toEqual(ids([CANCELLED_AND_NOTIFIED_FUTURE, EXCEPTION_FUTURE, SUCCESSFUL_FUTURE]));
    expect(ids(pending)).toEqual(ids([future]));
    set();
    await future.result();
  });
});

describe('AsCompletedTests', () => {
  test('test_no_timeout', async () => {
    const futures = [
      CANCELLED_AND_NOTIFIED_FUTURE,
      EXCEPTION_FUTURE,
      SUCCESSFUL_FUTURE,
      submit(() => 2 * 21),
      submit(() => 7 * 6),
    ];
    expect(ids(await all(as_completed(futures)))).toEqual(ids(futures));
  });

  test.each([0, 0.1])('test_future_times_out (%p)', async (timeout) => {
    const already_completed = [CANCELLED_AND_NOTIFIED_FUTURE, EXCEPTION_FUTURE, SUCCESSFUL_FUTURE];
    const { future, set } = submitWaiting();
    const completed_futures = new Set<Future<unknown>>();
    const loop = async (): Promise<void> => {
      for await (const f of as_completed([...already_completed, future], timeout)) completed_futures.add(f);
    };
    await expect(loop()).rejects.toBeInstanceOf(TimeoutError);
    expect(ids(completed_futures)).toEqual(ids(already_completed));
    set();
  });

  test('test_duplicate_futures', async () => {
    const future1 = submit(() => null);
    const repeat = function* (times: number): Generator<Future<unknown>> {
      for (let i = 0; i < times; i++) yield future1;
    };
    expect(await all(as_completed(repeat(3)))).toHaveLength(1);
  });

  test('test_correct_timeout_exception_msg', async () => {
    const futures_list = [CANCELLED_AND_NOTIFIED_FUTURE, PENDING_FUTURE, RUNNING_FUTURE, SUCCESSFUL_FUTURE];
    await expect(all(as_completed(futures_list, { timeout: 0 }))).rejects.toThrow(
      new TimeoutError('2 (of 4) futures unfinished'),
    );
    await turn();
  });
});
