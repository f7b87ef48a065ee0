import { Deque } from '../../util/deque';
import { signature } from '../../util/keywords';
import { TimeoutError } from '../../util/os_errors';
import { checkSeconds } from '../../util/timeout';
import { isComplete, unwatch, watch, type FutureCore, type Watcher } from './future_core';
import { futuresOf } from './futures_of';

const bindAsCompleted = signature({
  name: 'as_completed',
  defaults: (): Record<'fs' | 'timeout', unknown> => ({ fs: null, timeout: null }),
  required: 1,
});

/** `as_completed` without its waiting: watches over futures, and has those that are done. */
export class CompletedCore<F extends FutureCore<unknown>> {
  /** What was given, until somebody asks. */
  #given: { readonly fs: unknown; readonly timeout: unknown } | null;
  readonly #arrived: () => void;
  #total = 0;
  /** When the time is over, by the caller's clock. */
  #deadline = Infinity;
  readonly #pending = new Set<F>();
  /** Done and not given yet. */
  readonly #done = new Deque<F>();
  readonly #watcher: Watcher = {
    completed: (future) => {
      this.#pending.delete(future as F);
      this.#done.push(future as F);
      this.#arrived();
    },
  };

  /**
   * @param args - what `as_completed` was given.
   * @param arrived - called when one is done.
   */
  constructor(args: unknown[], arrived: () => void) {
    this.#given = bindAsCompleted(args);
    this.#arrived = arrived;
  }

  /**
   * The next future that is done; `null` after the last one; `undefined` while there is none.
   *
   * @throws TypeError the first time, if what was given is no iterable of futures.
   */
  take(): F | null | undefined {
    if (this.#given !== null) this.#begin(this.#given);
    const next = this.#done.shift();
    return next ?? (this.#pending.size === 0 ? null : undefined);
  }

  /** Is there nothing to wait for? */
  get isComplete(): boolean {
    return this.#pending.size === 0;
  }

  /** Seconds until the time is over. */
  get left(): number | null {
    return this.#deadline === Infinity ? null : (this.#deadline - performance.now()) / 1000;
  }

  /** The time is over: nothing comes any more but this. */
  expire(): TimeoutError {
    const error = new TimeoutError(`${this.#pending.size} (of ${this.#total}) futures unfinished`);
    this.close();
    return error;
  }

  /** Nothing comes any more, and no future is watched. */
  close(): void {
    this.#given = null;
    for (const each of this.#pending) unwatch(each, this.#watcher);
    this.#pending.clear();
    this.#done.clear();
  }

  #begin({ fs, timeout }: { readonly fs: unknown; readonly timeout: unknown }): void {
    this.#given = null;
    const futures = futuresOf('as_completed', fs) as Set<F>;
    const seconds = checkSeconds(timeout as number | null);
    if (seconds !== null) this.#deadline = performance.now() + seconds * 1000;
    this.#total = futures.size;
    for (const each of futures) {
      if (isComplete(each)) this.#done.push(each);
      else {
        this.#pending.add(each);
        watch(each, this.#watcher);
      }
    }
  }
}
