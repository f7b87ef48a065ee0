import { inspect } from 'node:util';
import { blockFor } from '../../../engine/blocking';
import type { BaseProxy } from '../../../managers/base_proxy';
import { describe } from '../../../managers/base_proxy';
import type { FacadeName } from '../../../managers/facade_name';
import type { ProxyClass } from '../../../managers/registry';
import { go, type Eventual } from '../../../util/eventual';
import { isThenable } from '../../../util/thenable';

/** What only the facade with promises has. */
type Asynchronous = typeof Symbol.asyncIterator | typeof Symbol.asyncDispose;

/**
 * The methods of a class of the other facade as they are here: they give what its promises resolve to.
 *
 * @typeParam Own - those that a class here writes down itself: with overloads, or parameters of their own.
 */
export type Blocking<T, Own extends PropertyKey = never> = {
  [K in keyof T as Exclude<K, Asynchronous | Own>]: T[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => R
    : T[K] extends Promise<infer R>
      ? R
      : T[K];
};

/** A class of proxies of the other facade, whose methods block: they are written once, only how they wait differs. */
export function blocking(Class: ProxyClass): ProxyClass {
  const Twin = class extends (Class as typeof BaseProxy) {
    override _run<T>(begin: () => Eventual<T>): Promise<T> {
      return blockFor(begin) as never;
    }

    override get _facade(): FacadeName {
      return 'sync';
    }

    override _given<T>(given: T | Promise<T>): Eventual<T> {
      if (isThenable(given))
        throw new TypeError('an async function cannot be waited for without the event loop');
      return super._given(given);
    }

    /** Python's `str(proxy)`: what the object is. */
    override toString(): string {
      return this._home.isInner === true ? describe(this) : blockFor(() => go(this._describing()));
    }

    override [inspect.custom](): string {
      return this.toString();
    }
  };
  for (const symbol of [Symbol.asyncIterator, Symbol.asyncDispose])
    Object.defineProperty(Twin.prototype, symbol, { value: undefined, configurable: true, writable: true });
  return Twin;
}
