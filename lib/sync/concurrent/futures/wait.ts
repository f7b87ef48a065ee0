import { part, type DoneAndNotDoneFutures } from '../../../concurrent/futures/done_and_not_done';
import type { FutureCore } from '../../../concurrent/futures/future_core';
import {
  WaitCore,
  type ReturnWhen,
  type ReturnWhenKeyword,
  type WaitKeywords,
} from '../../../concurrent/futures/wait_core';
import { block } from '../../../engine/blocking';

/**
 * Waits until all futures are done, or the first, or the first that raised.
 *
 * As in Python, with the differences of `wait` in `multiprocessing-ts/concurrent/futures`. Its futures may be of both
 * facades.
 *
 * @param fs - any iterable of futures, of any executors; of a `Map` its keys.
 * @param timeout - seconds to wait at most; then what is not done is in `not_done`. 0 and less only look. Default: no end.
 * @param return_when - what to wait for. Default: `ALL_COMPLETED`.
 * @throws ValueError for an unknown `return_when`, unless there is nothing to wait for.
 * @throws TypeError if `fs` is no iterable of futures.
 *
 * @example
 * const futures = [1, 2].map((x) => executor.submit(Math.sqrt, x));
 * const { done, not_done } = wait(futures, { timeout: 5, return_when: FIRST_COMPLETED });
 */
export function wait<F extends FutureCore<unknown>>(
  fs: ReadonlyMap<F, unknown>,
  timeout?: number | null | WaitKeywords,
  return_when?: ReturnWhen | null | ReturnWhenKeyword,
): DoneAndNotDoneFutures<F>;
export function wait<F extends FutureCore<unknown>>(
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- from a union, a map's futures are not inferred
  fs: Iterable<F>,
  timeout?: number | null | WaitKeywords,
  return_when?: ReturnWhen | null | ReturnWhenKeyword,
): DoneAndNotDoneFutures<F>;
export function wait(...args: unknown[]): DoneAndNotDoneFutures<FutureCore<unknown>> {
  const core = new WaitCore(args);
  if (!core.isOver) {
    let over = false;
    const stop = core.watch(() => (over = true));
    try {
      block(() => over, core.seconds);
    } finally {
      stop();
    }
  }
  return part(core.futures);
}
