import { inspect } from 'node:util';
import { ValueError } from 'multiprocessing-ts/builtins';
import {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  wait,
  type DoneAndNotDoneFutures,
} from 'multiprocessing-ts/concurrent/futures';
import { exc, excOf, oracle } from '../../contract/support';
import { ids, normal, raised, returned, settled, STATES, turn } from './support';

const recorded = oracle('f03_wait');

const MAKE: Record<string, () => Future<unknown>> = {
  P: STATES.PENDING,
  R: STATES.RUNNING,
  C: STATES.CANCELLED,
  CN: STATES.CANCELLED_AND_NOTIFIED,
  OK: STATES.FINISHED_ok,
  ERR: STATES.FINISHED_err,
};

/** Makes futures, and shows them as the recording does. */
function tagged(): { make: (tag: string) => Future<unknown>; show: (pair: Pair) => unknown } {
  const tags = new Map<Future<unknown>, string>();
  const make = (tag: string): Future<unknown> => {
    const future = MAKE[tag]!();
    tags.set(future, tag);
    return future;
  };
  const names = (futures: Set<Future<unknown>>): string[] =>
    [...futures].map((each) => tags.get(each)!).sort();
  return { make, show: ({ done, not_done }) => ({ done: names(done), not_done: names(not_done) }) };
}
type Pair = DoneAndNotDoneFutures<Future<unknown>>;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const COMBINATIONS = ['OK', 'P', 'C', 'CN', 'OK P', 'ERR P', 'CN P', 'C P', 'C OK', 'OK ERR CN', 'R ERR', ''];

describe.each([FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED] as const)('wait until %s', (return_when) => {
  test.each(COMBINATIONS)('for [%s]', async (combination) => {
    const { make, show } = tagged();
    const combo = combination === '' ? [] : combination.split(' ');
    const waiting = wait(combo.map(make), { timeout: 0.15, return_when });
    const blocked = !(await settled(waiting));
    jest.advanceTimersByTime(150);
    const name = `${return_when} [${combo.map((each) => `'${each}'`).join(', ')}]`;
    expect({ ...(show(await waiting) as object), blocked }).toEqual(recorded(name).ok);
  });
});

describe('what wait gives', () => {
  test('is called and shown as in Python', async () => {
    const pair = await wait([]);
    expect(pair.constructor.name).toBe(recorded('type').ok);
    expect(String(pair)).toBe(recorded('repr').ok);
    expect(inspect(pair)).toBe(recorded('repr').ok);
    expect(normal(String(await wait([returned(1)])))).toBe(
      'DoneAndNotDoneFutures(done={<Future at 0xADDR state=finished returned number>}, not_done=set())',
    );
  });

  test('is a pair of sets', async () => {
    const { make } = tagged();
    const pair = await wait([make('OK'), make('P')], 0);
    const [done, not_done] = pair;
    expect(recorded('is tuple of sets').ok).toEqual([true, 'set']);
    expect([done === pair.done, not_done === pair.not_done, pair.length]).toEqual([true, true, 2]);
    expect([pair[0] === done, pair[1] === not_done]).toEqual([true, true]);
    expect(pair.map((each) => each.size)).toEqual([1, 1]);
    expect(done).toBeInstanceOf(Set);
  });
});

describe('the arguments of wait', () => {
  test('an unknown return_when is refused if something is pending', async () => {
    const { make, show } = tagged();
    const bad = { return_when: 'X' as never };
    expect(await excOf(() => wait([make('P')], 0.1, 'X' as never))).toEqual(
      exc(recorded('bad return_when with pending')),
    );
    await expect(wait([make('P')], bad)).rejects.toBeInstanceOf(ValueError);
    expect(show(await wait([make('OK')], bad))).toEqual(
      recorded('bad return_when all done: NOT validated').ok,
    );
    expect(show(await wait([], bad))).toEqual(recorded('bad return_when empty').ok);
  });

  test('futures may be given twice, and by any iterable', async () => {
    const { make, show } = tagged();
    const future = make('OK');
    expect(show(await wait([future, future, future]))).toEqual(recorded('duplicates').ok);
    const generator = (function* () {
      yield future;
    })();
    expect(show(await wait(generator))).toEqual(recorded('generator input').ok);
    expect(show(await wait(new Map([[future, 'url']])))).toEqual(recorded('generator input').ok);
  });

  test.each([0, -1])('a timeout of %p only looks', async (timeout) => {
    const { make, show } = tagged();
    const waiting = wait([make('P')], timeout);
    expect(await settled(waiting)).toBe(true);
    expect(show(await waiting)).toEqual(recorded(`timeout=${timeout}`).ok);
  });

  test('what is no iterable of futures is refused, in JavaScript’s words', async () => {
    const kinds = (name: string): string => exc(recorded(name)).str.replace("'int'", "'number'");
    expect(await excOf(() => wait(1 as never))).toEqual({ type: 'TypeError', str: kinds('not iterable') });
    expect(await excOf(() => wait(new Future() as never))).toEqual(exc(recorded('single future')));
    // Python: AttributeError: 'int' object has no attribute '_condition'.
    expect(exc(recorded('non-future')).type).toBe('AttributeError');
    await expect(wait([1 as never])).rejects.toThrow(new TypeError("wait() takes futures, not 'number'"));
    await expect(wait([returned(1).result()] as never)).rejects.toThrow(
      new TypeError("wait() takes futures, not 'Promise': give it the future itself, not its result()"),
    );
  });

  test('an unknown keyword and a timeout that is no number are refused', async () => {
    await expect(wait([], { when: ALL_COMPLETED } as never)).rejects.toThrow(
      "wait() got an unexpected keyword argument 'when'",
    );
    await expect(wait([], '5' as never)).rejects.toThrow(TypeError);
  });
});

describe('while wait waits', () => {
  test('a cancelled future counts when its executor knows, not before', async () => {
    const { make, show } = tagged();
    const future = make('P');
    const waiting = wait([future], 0.5);
    future.cancel();
    expect(await settled(waiting)).toBe(false);
    jest.advanceTimersByTime(500);
    expect([show(await waiting), true]).toEqual(recorded('cancel() alone does not wake wait()').ok);
    const again = wait([future], 2);
    future.set_running_or_notify_cancel();
    const woken = await settled(again);
    expect([show(await again), woken]).toEqual(
      recorded('cancel()+set_running_or_notify_cancel() wakes wait()').ok,
    );
  });

  test.each([
    ['wakes on exception', (f: Future<unknown>) => f.set_exception(new ValueError()), true],
    ['does not wake on success', (f: Future<unknown>) => f.set_result(1), false],
    [
      'does not wake on cancel',
      (f: Future<unknown>) => f.cancel() && f.set_running_or_notify_cancel(),
      false,
    ],
  ])('FIRST_EXCEPTION %s', async (name, finish, wakes) => {
    const { make, show } = tagged();
    const futures = [make('P'), make('P')];
    const waiting = wait(futures, 0.4, FIRST_EXCEPTION);
    finish(futures[0]!);
    expect(await settled(waiting)).toBe(wakes);
    jest.advanceTimersByTime(400);
    expect([show(await waiting), true]).toEqual(recorded(`FIRST_EXCEPTION ${name}`).ok);
  });

  test('futures that are done in one go are reported together', async () => {
    const futures = [1, 2, 3].map(() => new Future<number>());
    const waiting = wait(futures, { return_when: FIRST_COMPLETED });
    futures[2]!.set_result(1);
    futures[0]!.set_exception(new Error());
    const { done, not_done } = await waiting;
    expect(ids(done)).toEqual(ids([futures[0]!, futures[2]!]));
    expect(ids(not_done)).toEqual(ids([futures[1]!]));
  });

  test('it can be asked again for what is not done', async () => {
    let not_done = new Set([1, 2, 3].map(() => new Future<number>()));
    const order: Future<number>[] = [];
    for (const next of [...not_done].reverse()) {
      const waiting = wait(not_done, { return_when: FIRST_COMPLETED });
      next.set_result(1);
      const pair = await waiting;
      order.push(...pair.done);
      not_done = pair.not_done;
    }
    expect(new Set(order).size).toBe(3);
    expect(not_done.size).toBe(0);
  });

  test('several may wait for the same futures', async () => {
    const futures = [new Future<number>(), new Future<number>()];
    const all = wait(futures);
    const first = wait(futures, { return_when: FIRST_COMPLETED });
    const late = wait(futures, 1);
    futures[1]!.set_result(1);
    expect((await first).done.size).toBe(1);
    jest.advanceTimersByTime(1000);
    expect((await late).not_done.size).toBe(1);
    expect(await settled(all)).toBe(false);
    futures[0]!.set_exception(raised(1));
    expect((await all).done.size).toBe(2);
    await turn();
  });
});
