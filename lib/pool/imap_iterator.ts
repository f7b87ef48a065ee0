import { bindTimeout, type Timeout } from '../util/timeout';
import type { ImapCall } from './imap';

const bindNext = bindTimeout('next');

/**
 * What `imap` and `imap_unordered` return: an async iterator over the results.
 *
 * Where Python has `next(timeout)` and `StopIteration`, this has `next(timeout)` and `{ done: true }`. The same
 * class for every chunksize (Python returns a plain generator above 1). A failing item rejects at its place, and
 * later items still come: with `for await` the loop ends there, with `next()` one can go on.
 *
 * @example
 * for await (const square of pool.imap((x: number) => x * x, range(10))) console.log(square);
 */
export class IMapIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #call: ImapCall;

  /** Made by `Pool.imap`. */
  constructor(call: ImapCall) {
    this.#call = call;
  }

  /**
   * The next result.
   *
   * @param timeout - seconds to wait at most; left out: for ever.
   * @throws TimeoutError when it is not there in time; it is not lost, a later `next` gives it.
   * @throws whatever the item's function threw.
   */
  next(timeout: Timeout = null): Promise<IteratorResult<T, undefined>> {
    const next = timeout === null ? this.#call.next(null) : this.#nextWithin(timeout);
    return next as Promise<IteratorResult<T, undefined>>;
  }

  async #nextWithin(timeout: Timeout): Promise<unknown> {
    return await this.#call.next(bindNext(timeout));
  }

  /** Leaves: closes the input and drops what is not started. Called by a `for await` loop that is left early. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#call.abandon();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** What `imap_unordered` returns: the results in the order in which they come. */
export class IMapUnorderedIterator<T> extends IMapIterator<T> {}
