import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ValueError } from 'multiprocessing-ts/builtins';
import { as_completed, Future, TimeoutError, wait } from 'multiprocessing-ts/sync/concurrent/futures';
import { oracle } from '../../contract/support';
import { turn } from './support';

const recorded = oracle('f04_as_completed');

function returned(value: unknown): Future<unknown> {
  const future = new Future<unknown>();
  future.set_result(value);
  return future;
}

/** What comes, as the recording has it. */
function drain(futures: Iterable<Future<unknown>>): unknown[] {
  const out: unknown[] = [];
  try {
    for (const each of futures) out.push(each.cancelled() ? 'cancelled' : each.result());
  } catch (error) {
    expect(error).toBeInstanceOf(TimeoutError);
    out.push(`TimeoutError: ${(error as Error).message}`);
  }
  return out;
}

describe('as_completed that blocks', () => {
  test('gives what is done, and then says how many are not', () => {
    const futures = [returned(1), returned(2), new Future(), new Future()];
    expect(drain(as_completed(futures, 0)).map(String)).toEqual(recorded('timeout=0, 2 of 4 pending').ok);
    expect(drain(as_completed([new Future()], 0.1))).toEqual(recorded('timeout=.1, 1 pending of 1').ok);
    expect(drain(as_completed([new Future()], -1))).toEqual(recorded('timeout negative').ok);
    expect(drain(as_completed([returned(5)], { timeout: 0 }))).toEqual(recorded('timeout=0 all done').ok);
  });

  test('gives each future once, from any iterable', () => {
    const future = returned(7);
    expect(drain(as_completed([]))).toEqual(recorded('empty').ok);
    expect(drain(as_completed([future, future, future]))).toEqual(recorded('duplicates once').ok);
    expect(drain(as_completed(new Set([future]).values()))).toEqual(recorded('generator input').ok);
    expect(drain(as_completed(new Map([[future, 'url']])))).toEqual(recorded('generator input').ok);
  });

  test('gives a cancelled future when its executor knows, not before', () => {
    const future = new Future<unknown>();
    future.cancel();
    expect(drain(as_completed([future], 0.05))).toEqual(['TimeoutError: 1 (of 1) futures unfinished']);
    future.set_running_or_notify_cancel();
    expect(drain(as_completed([future]))).toEqual(recorded('CN yields').ok);
  });

  test('gives what was done in time to a reader that is late', () => {
    const futures = [0, 1, 2].map(() => new Future<unknown>());
    const it = as_completed(futures, 0.01);
    futures[0]?.set_result(0);
    expect(it.next().value).toBe(futures[0]);
    futures[1]?.set_result(1);
    expect(() => futures[2]?.result(0.05)).toThrow(TimeoutError);
    expect(it.next().value).toBe(futures[1]);
    expect(() => it.next()).toThrow('1 (of 3) futures unfinished');
    expect(it.next()).toEqual({ value: undefined, done: true });
  });

  test('gives futures in the order in which they are done', () => {
    const futures = [0, 1, 2].map(() => new Future<unknown>());
    const it = as_completed([returned(9), ...futures]);
    expect(it.next().value?.result()).toBe(9);
    for (const i of [2, 1, 0]) futures[i]?.set_result(i);
    expect(drain(it)).toEqual(recorded('burst keeps finishing order').ok);
  });

  test('reports wrong futures at the first next(), wrong keywords at the call', () => {
    const it = as_completed([1 as never]);
    expect(() => it.next()).toThrow(new TypeError("as_completed() takes futures, not 'number'"));
    expect(it.next()).toEqual({ value: undefined, done: true });
    expect(() => as_completed([], { timeouts: 5 } as never)).toThrow(
      "as_completed() got an unexpected keyword argument 'timeouts'",
    );
  });

  test.each(['return', 'close', Symbol.dispose] as const)('ends by %p', (leave) => {
    const future = new Future<unknown>();
    const it = as_completed([future, returned(1)], 45);
    it.next();
    it[leave]();
    future.set_result(1);
    expect(it.next()).toEqual({ value: undefined, done: true });
  });
});

describe('a future that blocks', () => {
  test('throws what was set, and asks again after a timeout', () => {
    const future = new Future<number>();
    expect(() => future.result(0.01)).toThrow(TimeoutError);
    expect(() => future.exception({ timeout: 0 })).toThrow(TimeoutError);
    const error = new ValueError('v');
    future.set_exception(error);
    expect(() => future.result()).toThrow(error);
    expect(future.exception()).toBe(error);
  });

  test('runs what is to be run soon while it waits, so somebody may set it then', () => {
    const [first, second] = [new Future<number>(), new Future<number>()];
    // Its callbacks run one after the other; while the first blocks, the second has its turn.
    first.add_done_callback(() => void second.result(45));
    first.add_done_callback(() => second.set_result(2));
    first.set_result(1);
    expect(second.done()).toBe(true);
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test.each([
  ['wait()', (futures: Future<unknown>[]) => wait(futures, 0.001)],
  ['as_completed()', (futures: Future<unknown>[]) => drain(as_completed(futures, 0.001))],
  ['as_completed() that is left', (futures: Future<unknown>[]) => void as_completed(futures).return()],
])('a future that is never done does not hold what a %s has waited for', async (_what, waits) => {
  const never = new Future<unknown>();
  const make = (): WeakRef<object> => {
    const other = new Future<unknown>();
    waits([never, other]);
    return new WeakRef(other);
  };
  const reference = make();
  for (let i = 0; i < 10 && reference.deref() !== undefined; i++) {
    await turn();
    collect();
  }
  expect(reference.deref()).toBeUndefined();
  expect(never.done()).toBe(false);
});
