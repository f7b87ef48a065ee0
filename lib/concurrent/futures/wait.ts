import { checkSeconds } from '../../util/timeout';
import { after } from '../../util/after';
import { ValueError } from '../../util/exceptions';
import { signature } from '../../util/keywords';
import { repr } from '../../util/repr';
import { part, type DoneAndNotDoneFutures } from './done_and_not_done';
import { hasRaised, isComplete, unwatch, watch, type Future } from './future';
import { futuresOf } from './futures_of';
import type { TimeoutKeyword } from '../../util/timeout';

/** `wait` returns when any future is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** `wait` returns when any future has raised, or all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** `wait` returns when all futures are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

export interface WaitKeywords extends TimeoutKeyword, ReturnWhenKeyword {}

export interface ReturnWhenKeyword {
  /** What to wait for. @default ALL_COMPLETED */
  readonly return_when?: ReturnWhen | null;
}

const bindWait = signature({
  name: 'wait',
  defaults: (): Record<'fs' | 'timeout' | 'return_when', unknown> => ({
    fs: null,
    timeout: null,
    return_when: ALL_COMPLETED,
  }),
  required: 1,
});

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
  const { fs, timeout, return_when } = bindWait(args);
  const futures = futuresOf('wait', fs);
  const seconds = checkSeconds(timeout as number | null);
  if (!isOver(futures, return_when)) {
    if (!RETURN_WHEN.has(return_when)) throw new ValueError(`Invalid return condition: ${repr(return_when)}`);
    // Looked at once more after this, when all that was done in one go is done.
    if (seconds === null || seconds > 0) await something(futures, return_when, seconds);
  }
  return part(futures);
}

const RETURN_WHEN = new Set<unknown>([FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED]);

/** Is what is waited for there already? */
function isOver(futures: ReadonlySet<Future<unknown>>, returnWhen: unknown): boolean {
  let all = true;
  for (const each of futures) {
    if (!isComplete(each)) all = false;
    else if (returnWhen === FIRST_COMPLETED) return true;
    else if (returnWhen === FIRST_EXCEPTION && hasRaised(each)) return true;
  }
  return all;
}

/** Resolves when what is waited for is there, or the time is over. Then it watches none any more. */
function something(
  futures: ReadonlySet<Future<unknown>>,
  returnWhen: unknown,
  seconds: number | null,
): Promise<void> {
  return new Promise((resolve) => {
    let left = 0;
    const end = (): void => {
      stop?.();
      if (left > 0) for (const each of futures) unwatch(each, watcher);
      resolve();
    };
    const watcher = {
      completed: (future: Future<unknown>): void => {
        left--;
        const enough =
          returnWhen === FIRST_COMPLETED || (returnWhen === FIRST_EXCEPTION && hasRaised(future));
        if (enough || left === 0) end();
      },
    };
    for (const each of futures) {
      if (isComplete(each)) continue;
      watch(each, watcher);
      left++;
    }
    const stop = seconds === null ? null : after(seconds, end);
  });
}
