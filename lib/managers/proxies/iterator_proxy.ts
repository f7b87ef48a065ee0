import { StopIteration } from '../../errors';
import { Eventual, go, type Course } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import { nameProxyType } from '../proxy_types';

/**
 * An iterator in a server: each value is one call. It can be iterated with `for await`.
 *
 * @example
 * for await (const key of await dict.__iter__()) console.log(key);
 */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterableIterator<T, undefined> {
  static override readonly _exposed_ = ['__next__', 'send', 'throw', 'close'];

  /** The next value. @throws StopIteration when there are no more. */
  __next__(): Promise<T> {
    return this._callmethod('__next__') as Promise<T>;
  }

  /** The next value, which `yield` in a generator gives `value` for. */
  send(value: unknown): Promise<T> {
    return this._callmethod('send', [value]) as Promise<T>;
  }

  /** Throws into a generator; what it yields then comes as JavaScript's iterators have it. */
  throw(error?: unknown): Promise<IteratorResult<T, undefined>> {
    return this.#step('throw', [error]);
  }

  /** Ends a generator. */
  close(): Promise<void> {
    return this._tell('close');
  }

  /** As {@link IteratorProxy.__next__}, but as JavaScript's iterators have it. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.#step('__next__', []);
  }

  #step(method: string, args: readonly unknown[]): Promise<IteratorResult<T, undefined>> {
    return this._run(() => go(this.#stepping(method, args)));
  }

  *#stepping(method: string, args: readonly unknown[]): Course<IteratorResult<T, undefined>> {
    try {
      return { value: (yield* this._calling(method, args)) as T, done: false };
    } catch (error) {
      if (error instanceof StopIteration) return { value: undefined, done: true };
      throw error;
    }
  }

  /** A loop that is left early does not end it: others may go on with it, as in Python. */
  return(): Promise<IteratorResult<T, undefined>> {
    return this._run(() => Eventual.of({ value: undefined, done: true }));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

// Also where a proxy that gives one was sent, and no manager is.
nameProxyType('Iterator', IteratorProxy);
