import { after } from '../../util/after';
import { part, type DoneAndNotDoneFutures } from './done_and_not_done';
import type { Future } from './future';
import { WaitCore, type ReturnWhen, type ReturnWhenKeyword, type WaitKeywords } from './wait_core';

/**
 * Waits until all futures are done, or the first, or the first that raised.
 *
 * As in Python: a future that is given twice counts once, and one that was cancelled is done when its executor knows
 * (see `set_running_or_notify_cancel`; ours know at once). Futures that are done in one go are reported together.
 *
 * @param fs - any iterable of futures, of any executors; of a `Map` its keys.
 * @param timeout - seconds to wait at most; then what is not done is in `not_done`. 0 and less only look. Default: no end.
 * @param return_when - what to wait for. Default: `ALL_COMPLETED`.
 * @throws ValueError for an unknown `return_when`, unless there is nothing to wait for.
 * @throws TypeError if `fs` is no iterable of futures.
 *
 * @example
 * const futures = [new Future<number>(), new Future<number>()];
 * futures[0].set_result(1);
 * const { done, not_done } = await wait(futures, { timeout: 5, return_when: FIRST_COMPLETED });
 * console.log(done.size, not_done.size); // 1 1
 */
export function wait<F extends Future<unknown>>(
  fs: ReadonlyMap<F, unknown>,
  timeout?: number | null | WaitKeywords,
  return_when?: ReturnWhen | null | ReturnWhenKeyword,
): Promise<DoneAndNotDoneFutures<F>>;
export function wait<F extends Future<unknown>>(
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- from a union, a map's futures are not inferred
  fs: Iterable<F>,
  timeout?: number | null | WaitKeywords,
  return_when?: ReturnWhen | null | ReturnWhenKeyword,
): Promise<DoneAndNotDoneFutures<F>>;
export async function wait(...args: unknown[]): Promise<DoneAndNotDoneFutures<Future<unknown>>> {
  const core = new WaitCore<Future<unknown>>(args);
  const { futures, seconds } = core;
  // Looked at once more after this, when all that was done in one go is done.
  if (!core.isOver && (seconds === null || seconds > 0)) await something(core, seconds);
  return part(futures);
}

/** Resolves when what is waited for is there, or the time is over. Then it watches none any more. */
function something(core: WaitCore<Future<unknown>>, seconds: number | null): Promise<void> {
  return new Promise((resolve) => {
    const stopWatching = core.watch(() => {
      stopTimer?.();
      resolve();
    });
    const expire = (): void => {
      stopWatching();
      resolve();
    };
    const stopTimer = seconds === null ? null : after(seconds, expire);
  });
}
