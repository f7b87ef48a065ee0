import { CompletedCore } from '../../../concurrent/futures/completed_core';
import type { FutureCore } from '../../../concurrent/futures/future_core';
import { block } from '../../../engine/blocking';
import type { Timeout } from '../../../util/timeout';

/**
 * Gives futures as they are done: first those that are done already, then each when it is.
 *
 * As in Python, with the differences of `as_completed` in `multiprocessing-ts/concurrent/futures`. Its futures may be
 * of both facades.
 *
 * @param fs - any iterable of futures, of any executors; of a `Map` its keys.
 * @param timeout - seconds from the first `next()` until all must be done. Default: no end.
 * @returns an iterator. Leaving its loop ends the watch over the futures that are left, and does not touch them. It
 *   throws `TimeoutError` (Python's builtin one), and nothing comes after it, when one is not done in time.
 *
 * @example
 * const futures = [3, 1, 2].map((x) => executor.submit(Math.sqrt, x));
 * for (const future of as_completed(futures, { timeout: 5 })) console.log(future.result());
 */
export function as_completed<F extends FutureCore<unknown>>(
  fs: ReadonlyMap<F, unknown>,
  timeout?: Timeout,
): CompletedFutures<F>;
export function as_completed<F extends FutureCore<unknown>>(
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- from a union, a map's futures are not inferred
  fs: Iterable<F>,
  timeout?: Timeout,
): CompletedFutures<F>;
export function as_completed(...args: unknown[]): CompletedFutures<FutureCore<unknown>> {
  return new CompletedFutures(args);
}

/** What {@link as_completed} returns: an iterator over futures, where Python has a generator. */
export class CompletedFutures<F extends FutureCore<unknown>>
  implements IterableIterator<F, undefined>, Disposable
{
  readonly #core: CompletedCore<F>;

  /** Made by {@link as_completed}. */
  constructor(args: unknown[]) {
    this.#core = new CompletedCore(args, () => undefined);
  }

  /**
   * The next future that is done.
   *
   * @throws TimeoutError when the time is over before it is.
   * @throws TypeError if what was given is no iterable of futures.
   */
  next(): IteratorResult<F, undefined> {
    const core = this.#core;
    let value = core.take();
    if (value === undefined && !block(() => (value = core.take()) !== undefined, core.left)) {
      throw core.expire();
    }
    return value === null || value === undefined ? { value: undefined, done: true } : { value, done: false };
  }

  /** Leaves: called by a `for` loop that is left early. */
  return(): IteratorResult<F, undefined> {
    this.close();
    return { value: undefined, done: true };
  }

  /** Leaves, as closing Python's generator does: nothing comes any more, and no future is watched. */
  close(): void {
    this.#core.close();
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  [Symbol.dispose](): void {
    this.close();
  }
}
