import { block } from '../../engine/blocking';
import { TimeoutError } from '../../errors';
import { bindTimeout, type Timeout } from '../../util/timeout';
import type { ImapCall, Item } from '../../pool/imap';

const bindNext = bindTimeout('next');

/**
 * What `imap` and `imap_unordered` return: an iterator over the results.
 *
 * Where Python has `next(timeout)` and `StopIteration`, this has `next(timeout)` and `{ done: true }`. The same
 * class for every chunksize (Python returns a plain generator above 1). A failing item throws at its place, and
 * later items still come: a `for` loop ends there, with `next()` one can go on.
 *
 * @example
 * for (const square of pool.imap((x: number) => x * x, range(10))) console.log(square);
 */
export class IMapIterator<T> implements IterableIterator<T, undefined>, Disposable {
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
  next(timeout: Timeout = null): IteratorResult<T, undefined> {
    let item: Item | null | undefined;
    const call = this.#call;
    block(() => (item = call.take()) !== undefined, bindNext(timeout));
    if (item === undefined) throw new TimeoutError();
    if (item === null) return { value: undefined, done: true };
    if (!item.ok) throw item.error;
    return { value: item.value as T, done: false };
  }

  /** Leaves: closes the input and drops what is not started. Called by a `for` loop that is left early. */
  return(): IteratorResult<T, undefined> {
    this.#call.abandon();
    return { value: undefined, done: true };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  [Symbol.dispose](): void {
    this.return();
  }
}

/** What `imap_unordered` returns: the results in the order in which they come. */
export class IMapUnorderedIterator<T> extends IMapIterator<T> {}
