import { checkSeconds } from '../../util/timeout';
import { after } from '../../util/after';
import { Deque } from '../../util/deque';
import { signature } from '../../util/keywords';
import { TimeoutError } from '../../util/os_errors';
import { isComplete, unwatch, watch, type Future, type Watcher } from './future';
import { futuresOf } from './futures_of';
import type { Timeout } from '../../util/timeout';

const bindAsCompleted = signature({
  name: 'as_completed',
  defaults: (): Record<'fs' | 'timeout', unknown> => ({ fs: null, timeout: null }),
  required: 1,
});

/**
 * Gives futures as they are done: first those that are done already, then each when it is.
 *
 * As in Python: a future that is given twice comes once; failed and cancelled ones come too, instead of their error;
 * nothing happens before the first `next()`, where the time begins to run and a wrong `fs` is reported. Unlike there,
 * what is done in time still comes when it is asked for late, and those done already come in the order given.
 *
 * @param fs - any iterable of futures, of any executors; of a `Map` its keys.
 * @param timeout - seconds from the first `next()` until all must be done. Default: no end.
 * @returns an async iterator. Leaving its loop ends the watch over the futures that are left, and does not touch them.
 *   It throws `TimeoutError` (Python's builtin one), and nothing comes after it, when one is not done in time.
 *
 * @example
 * const futures = [new Future<string>(), new Future<string>()];
 * setTimeout(() => futures[1].set_result('second'), 10);
 * setTimeout(() => futures[0].set_result('first'), 20);
 * for await (const future of as_completed(futures, { timeout: 5 })) console.log(await future.result()); // second first
 */
export function as_completed<F extends Future<unknown>>(
  fs: ReadonlyMap<F, unknown>,
  timeout?: Timeout,
): CompletedFutures<F>;
export function as_completed<F extends Future<unknown>>(
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- from a union, a map's futures are not inferred
  fs: Iterable<F>,
  timeout?: Timeout,
): CompletedFutures<F>;
export function as_completed(...args: unknown[]): CompletedFutures<Future<unknown>> {
  const { fs, timeout } = bindAsCompleted(args);
  return new CompletedFutures(fs, timeout);
}

type Result<F> = IteratorResult<F, undefined>;

/** A `next()` that waits. */
interface Reader<F> {
  readonly resolve: (result: Result<F>) => void;
  readonly reject: (error: Error) => void;
}

/** What {@link as_completed} returns: an async iterator over futures, where Python has a generator. */
export class CompletedFutures<F extends Future<unknown>> implements AsyncIterableIterator<F, undefined> {
  /** What was given, until the first `next()`. */
  #given: { readonly fs: unknown; readonly timeout: unknown } | null;
  #total = 0;
  /** When the time is over, by the caller's clock. */
  #deadline = Infinity;
  readonly #pending = new Set<F>();
  /** Done and not given yet. None, while somebody reads. */
  readonly #done = new Deque<F>();
  readonly #readers = new Deque<Reader<F>>();
  #stopTimer: (() => void) | null = null;
  readonly #watcher: Watcher = {
    completed: (future) => {
      this.#pending.delete(future as F);
      this.#give(future as F);
    },
  };

  /** Made by {@link as_completed}. */
  constructor(fs: unknown, timeout: unknown) {
    this.#given = { fs, timeout };
  }

  /**
   * The next future that is done.
   *
   * @throws TimeoutError when the time is over before it is.
   * @throws TypeError if what was given is no iterable of futures.
   */
  next(): Promise<Result<F>> {
    return new Promise((resolve, reject) => {
      this.#begin();
      const value = this.#done.shift();
      if (value !== undefined) resolve({ value, done: false });
      else if (this.#pending.size === 0) resolve(END);
      else this.#wait({ resolve, reject });
    });
  }

  /** Leaves: called by a `for await` loop that is left early. */
  return(): Promise<Result<F>> {
    this.close();
    return Promise.resolve(END);
  }

  /** Leaves, as closing Python's generator does: nothing comes any more, and no future is watched. */
  close(): void {
    this.#given = null;
    for (const each of this.#pending) unwatch(each, this.#watcher);
    this.#pending.clear();
    this.#done.clear();
    this.#endReaders();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #begin(): void {
    if (this.#given === null) return;
    const { fs, timeout } = this.#given;
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

  #give(value: F): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#done.push(value);
    else reader.resolve({ value, done: false });
    if (this.#readers.length === 0 || this.#pending.size === 0) this.#endReaders();
  }

  #wait(reader: Reader<F>): void {
    this.#readers.push(reader);
    if (this.#deadline === Infinity || this.#stopTimer !== null) return;
    // The timer holds the process: it runs only while somebody waits.
    const left = this.#deadline - performance.now();
    if (left <= 0) this.#expire();
    else this.#stopTimer = after(left / 1000, () => this.#expire());
  }

  #expire(): void {
    const error = new TimeoutError(`${this.#pending.size} (of ${this.#total}) futures unfinished`);
    this.#readers.shift()?.reject(error);
    this.close();
  }

  /** Nobody waits any more: whoever still does has nothing to wait for. */
  #endReaders(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (let each = this.#readers.shift(); each !== undefined; each = this.#readers.shift()) {
      each.resolve(END);
    }
  }
}

const END: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true });
