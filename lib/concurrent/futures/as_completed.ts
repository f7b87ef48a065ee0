import { after } from '../../util/after';
import { Deque } from '../../util/deque';
import type { Timeout } from '../../util/timeout';
import { CompletedCore } from './completed_core';
import type { Future } from './future';

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
  return new CompletedFutures(args);
}

type Result<F> = IteratorResult<F, undefined>;

/** A `next()` that waits. */
interface Reader<F> {
  readonly resolve: (result: Result<F>) => void;
  readonly reject: (error: Error) => void;
}

/** What {@link as_completed} returns: an async iterator over futures, where Python has a generator. */
export class CompletedFutures<F extends Future<unknown>> implements AsyncIterableIterator<F, undefined> {
  readonly #core: CompletedCore<F>;
  readonly #readers = new Deque<Reader<F>>();
  #stopTimer: (() => void) | null = null;

  /** Made by {@link as_completed}. */
  constructor(args: unknown[]) {
    this.#core = new CompletedCore(args, () => {
      this.#arrived();
    });
  }

  /**
   * The next future that is done.
   *
   * @throws TimeoutError when the time is over before it is.
   * @throws TypeError if what was given is no iterable of futures.
   */
  next(): Promise<Result<F>> {
    return new Promise((resolve, reject) => {
      const value = this.#core.take();
      if (value === undefined) this.#wait({ resolve, reject });
      else resolve(resultOf(value));
    });
  }

  /** Leaves: called by a `for await` loop that is left early. */
  return(): Promise<Result<F>> {
    this.close();
    return Promise.resolve(END);
  }

  /** Leaves, as closing Python's generator does: nothing comes any more, and no future is watched. */
  close(): void {
    this.#core.close();
    this.#endReaders();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** One is done: whoever has waited longest takes it. */
  #arrived(): void {
    const value = this.#readers.length > 0 ? this.#core.take() : undefined;
    if (value !== undefined) this.#readers.shift()?.resolve(resultOf(value));
    if (this.#readers.length === 0 || this.#core.isComplete) this.#endReaders();
  }

  #wait(reader: Reader<F>): void {
    this.#readers.push(reader);
    const { left } = this.#core;
    if (left === null || this.#stopTimer !== null) return;
    // The timer holds the process: it runs only while somebody waits.
    if (left <= 0) this.#expire();
    else this.#stopTimer = after(left, () => this.#expire());
  }

  #expire(): void {
    this.#readers.shift()?.reject(this.#core.expire());
    this.#endReaders();
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

const resultOf = <F>(value: F | null): Result<F> => (value === null ? END : { value, done: false });

const END: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true });
