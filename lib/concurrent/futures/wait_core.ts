import { ValueError } from '../../util/exceptions';
import { signature } from '../../util/keywords';
import { repr } from '../../util/repr';
import { checkSeconds, type TimeoutKeyword } from '../../util/timeout';
import { hasRaised, isComplete, unwatch, watch, type FutureCore, type Watcher } from './future_core';
import { futuresOf } from './futures_of';

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

/** `wait` without its waiting: what it was asked, and whether that is there. */
export class WaitCore<F extends FutureCore<unknown>> {
  readonly futures: ReadonlySet<F>;
  /** How long to wait at most; `null` for ever. */
  readonly seconds: number | null;
  readonly #returnWhen: unknown;

  /**
   * @param args - what `wait` was given.
   * @throws ValueError for an unknown `return_when`, unless there is nothing to wait for.
   * @throws TypeError for what is no iterable of futures, or a timeout that is no number.
   */
  constructor(args: unknown[]) {
    const { fs, timeout, return_when } = bindWait(args);
    this.futures = futuresOf('wait', fs) as Set<F>;
    this.seconds = checkSeconds(timeout as number | null);
    this.#returnWhen = return_when;
    if (!RETURN_WHEN.has(return_when) && !this.isOver) {
      throw new ValueError(`Invalid return condition: ${repr(return_when)}`);
    }
  }

  /** Is what is waited for there? */
  get isOver(): boolean {
    let all = true;
    for (const each of this.futures) {
      if (!isComplete(each)) all = false;
      else if (this.#isEnough(each)) return true;
    }
    return all;
  }

  /**
   * Calls `over` once, when what is waited for is there. It is not yet.
   *
   * @returns what ends the watch.
   */
  watch(over: () => void): () => void {
    let left = 0;
    const watcher: Watcher = {
      completed: (future) => {
        left--;
        if (left > 0 && !this.#isEnough(future)) return;
        stop();
        over();
      },
    };
    const stop = (): void => {
      if (left > 0) for (const each of this.futures) unwatch(each, watcher);
      left = 0;
    };
    for (const each of this.futures) {
      if (isComplete(each)) continue;
      watch(each, watcher);
      left++;
    }
    return stop;
  }

  #isEnough(done: FutureCore<unknown>): boolean {
    const when = this.#returnWhen;
    return when === FIRST_COMPLETED || (when === FIRST_EXCEPTION && hasRaised(done));
  }
}

const RETURN_WHEN = new Set<unknown>([FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED]);
