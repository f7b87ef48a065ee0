import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { as_completed, Future, wait, type CompletedFutures } from 'multiprocessing-ts/concurrent/futures';
import { returned, settled, turn } from './support';

/*
 * What waits for a future that is never done must not stay with it when it waits no more.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Does nothing hold any more what `make` refers to? */
async function released(make: () => Promise<WeakRef<object>>): Promise<boolean> {
  const reference = await make();
  for (let i = 0; i < 10; i++) {
    await turn();
    collect();
    if (reference.deref() === undefined) return true;
  }
  return false;
}

const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;

describe('a future that is never done', () => {
  const never = new Future<unknown>();

  test('holds who waits', async () => {
    const make = async (): Promise<WeakRef<object>> => {
      const it = as_completed([never]);
      void it.next();
      return new WeakRef(it);
    };
    expect(await released(make)).toBe(false);
  });

  test('does not hold a result() that timed out', async () => {
    const make = async (): Promise<WeakRef<object>> => {
      const result = never.result(0.001);
      await result.catch(() => undefined);
      return new WeakRef(result);
    };
    expect(await released(make)).toBe(true);
  });

  test('does not hold a wait() that timed out', async () => {
    const make = async (): Promise<WeakRef<object>> => {
      const other = new Future<unknown>();
      await wait([never, other], 0.001);
      return new WeakRef(other);
    };
    expect(await released(make)).toBe(true);
  });

  test('does not hold a wait() for the first that is done', async () => {
    const make = async (): Promise<WeakRef<object>> => {
      const other = new Future<unknown>();
      const waiting = wait([never, other], { return_when: 'FIRST_COMPLETED' });
      other.set_result(1);
      await waiting;
      return new WeakRef(other);
    };
    expect(await released(make)).toBe(true);
  });

  const ENDS: [string, (it: CompletedFutures<Future<unknown>>) => Promise<unknown>][] = [
    ['closed', async (it) => it.close()],
    ['left', (it) => it.return()],
    ['timed out', (it) => it.next().catch(() => undefined)],
  ];
  test.each(ENDS)('does not hold an as_completed() that is %s', async (_, end) => {
    const make = async (): Promise<WeakRef<object>> => {
      const it = as_completed([returned(1), never], 0.001);
      await it.next();
      await end(it);
      return new WeakRef(it);
    };
    expect(await released(make)).toBe(true);
  });
});

test('as_completed does not hold what it has given', async () => {
  const done = (): Future<unknown>[] => [returned(1), returned(2)];
  const it = as_completed([...done(), new Future<unknown>()]);
  const next = async (): Promise<WeakRef<object>> => new WeakRef((await it.next()).value as object);
  expect(await released(next)).toBe(true);
  expect(await released(next)).toBe(true);
  expect(await settled(it.next())).toBe(false);
});

test('a timer runs only while somebody waits', async () => {
  const before = timers();
  const [one, two, three] = [new Future(), new Future(), new Future()];
  const it = as_completed([one, two], 60);
  expect(timers()).toBe(before);
  const next = it.next();
  const waiting = [next, wait([one], 60), three.result(60), three.exception(60)];
  expect(timers()).toBe(before + 4);
  one.set_result(1);
  three.cancel();
  await Promise.allSettled(waiting);
  expect(timers()).toBe(before);
});

test('twenty thousand futures are waited for in every way at once', async () => {
  const futures = Array.from({ length: 20_000 }, () => new Future<number>());
  const results = futures.map((each) => each.result());
  const exceptions = futures.map((each) => each.exception(100));
  const waiting = wait(futures, { timeout: 100 });
  const it = as_completed(futures, 100);
  const first = it.next();
  let callbacks = 0;
  for (const each of futures) each.add_done_callback(() => callbacks++);
  for (const [i, each] of futures.entries()) each.set_result(i);
  expect(callbacks).toBe(20_000);
  expect((await Promise.all(results)).at(-1)).toBe(19_999);
  expect(new Set(await Promise.all(exceptions))).toEqual(new Set([null]));
  expect((await waiting).done.size).toBe(20_000);
  let count = (await first).done === false ? 1 : 0;
  for await (const each of it) count += each.done() ? 1 : 0;
  expect(count).toBe(20_000);
});
