import { Deque } from '../util/deque';
import { bindIwait, bindJoinall, bindKillall, bindWait, listOf } from './arguments';
import { deadline } from './clock';
import type { Greenlet } from './greenlet';
import { Timeout } from './timeout';
import type { JoinallArguments, KillArguments, WaitArguments } from './types';
import { Bell, blocking, untilLinked } from './waits';

/** The greenlets as they end: `count` of them, or all; fewer when the time is over. */
async function* ended<G extends Greenlet>(
  greenlets: readonly G[],
  timeout: number | null,
  count: number | null,
): AsyncGenerator<G, void, undefined> {
  const ready = new Deque<G>();
  const news = new Bell();
  let late = false as boolean;
  const link = (greenlet: G): void => {
    ready.push(greenlet);
    news.ring();
  };
  for (const greenlet of greenlets) {
    if (greenlet.ready()) ready.push(greenlet);
    else greenlet.rawlink(link);
  }
  const cancel = deadline(timeout, () => {
    late = true;
    news.ring();
  });
  try {
    for (let left = Math.min(count ?? Infinity, greenlets.length); left > 0; left--) {
      while (ready.length === 0) {
        if (late) return;
        await untilLinked(news);
      }
      yield ready.shift() as G;
    }
  } finally {
    cancel();
    for (const greenlet of greenlets) greenlet.unlink(link);
  }
}

async function gather<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/**
 * Gives the greenlets one by one, as they end.
 *
 * As in gevent. The loop may be left early.
 *
 * @param timeout - seconds for all of it; then it ends without the rest. @default for ever
 * @param count - how many at most. @default all
 * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
 * @throws TypeError for wrong arguments, at the call.
 * @example
 * for await (const greenlet of iwait([spawn(sleep, 0.2), spawn(sleep, 0.1)])) console.log(greenlet);
 */
export function iwait<G extends Greenlet>(
  objects: Iterable<G>,
  ...args: WaitArguments
): AsyncGenerator<G, void, undefined> {
  const { timeout, count } = bindIwait([objects, ...args]);
  return ended(listOf(objects), timeout, count);
}

/**
 * Waits for the greenlets to end; resolves to those that did, in that order.
 *
 * As in gevent, but for its form without arguments, which waits for everything: Node itself does that before it ends
 * the process.
 *
 * @param timeout - seconds to wait at most. @default for ever
 * @param count - how many to wait for. @default all
 * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
 * @example
 * const [first] = await wait([spawn(sleep, 0.2), spawn(sleep, 0.1)], { count: 1 });
 */
export function wait<G extends Greenlet>(objects: Iterable<G>, ...args: WaitArguments): Promise<G[]> {
  return blocking(bindWait, [objects, ...args], ({ timeout, count }) =>
    gather(ended(listOf(objects), timeout, count)),
  );
}

/**
 * Waits for the greenlets to end; resolves to those that did, in that order.
 *
 * @param timeout - seconds to wait at most. @default for ever
 * @param raise_error - throw the error of the first greenlet that fails, without waiting for the others.
 *   @default false
 * @param count - how many to wait for. @default all
 * @throws what a greenlet threw, with `raise_error`.
 * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
 * @example
 * await joinall([spawn(sleep, 0.1), spawn(sleep, 0.2)], { timeout: 2, raise_error: true });
 */
export function joinall<G extends Greenlet>(greenlets: Iterable<G>, ...args: JoinallArguments): Promise<G[]> {
  return blocking(bindJoinall, [greenlets, ...args], async ({ timeout, raise_error, count }) => {
    const done: G[] = [];
    for await (const greenlet of ended(listOf(greenlets), timeout, count)) {
      if (raise_error && !greenlet.successful()) throw greenlet.exception;
      done.push(greenlet);
    }
    return done;
  });
}

/**
 * Kills the greenlets, as `kill` does each, and waits until all have ended.
 *
 * @param exception - an error, or a class of which each greenlet gets its own. @default GreenletExit
 * @param block - wait until they have ended. @default true
 * @param timeout - seconds to wait for that at most. @default for ever
 * @throws Timeout when not all have ended in time.
 * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
 * @example
 * await killall([spawn(sleep, 10), spawn(sleep, 20)]);
 */
export function killall(greenlets: Iterable<Greenlet>, ...args: KillArguments): Promise<void> {
  return blocking(bindKillall, [greenlets, ...args], async ({ exception, block, timeout }) => {
    const all = listOf(greenlets);
    for (const greenlet of all) void greenlet.kill(exception, false);
    const left = all.filter((greenlet) => !greenlet.dead);
    if (!block || left.length === 0) return;
    const dead = await gather(ended(left, timeout, null));
    if (dead.length < left.length) throw new Timeout(timeout);
  });
}
