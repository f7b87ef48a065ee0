import { checkCallable } from './arguments';
import { Greenlet } from './greenlet';

const NOT_CALLABLE = 'The run argument must be callable';

/**
 * Starts a coroutine: `fn(...args)` is called at the next turn of the event loop, and runs beside others from then on.
 *
 * gevent's `spawn`. An async function is the coroutine; others run and have ended.
 *
 * @throws TypeError for what cannot be called.
 * @example
 * const jobs = ['a', 'b'].map((name) => spawn(async () => { await sleep(0.1); return name; }));
 * await joinall(jobs, { timeout: 2 });
 * console.log(jobs.map((job) => job.value)); // [ 'a', 'b' ]
 */
export function spawn<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Greenlet<Awaited<R>> {
  checkCallable(fn, NOT_CALLABLE);
  return Greenlet.spawn(fn, ...args);
}

/**
 * As {@link spawn}, so many seconds later.
 *
 * @throws TypeError for what cannot be called, or seconds that are no number.
 * @example
 * spawn_later(0.5, console.log, 'half a second later');
 */
export function spawn_later<A extends unknown[], R>(
  seconds: number,
  fn: (...args: A) => R,
  ...args: A
): Greenlet<Awaited<R>> {
  checkCallable(fn, NOT_CALLABLE);
  return Greenlet.spawn_later(seconds, fn, ...args);
}
