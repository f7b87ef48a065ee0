import * as twin from '../../../managers/proxies/set_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import type { IteratorProxy } from './iterator_proxy';

const Base = blocking(twin.SetProxy) as unknown as Omit<typeof twin.SetProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.SetProxy<T>, '__iter__' | '__rsub__'>);

/**
 * Python's `set` in a server, of 3.14. Items are equal as in Python: `1`, `1n` and `true` are one, tuples are compared
 * by what is in them.
 *
 * @example
 * const set = manager.set([1, 2]);
 * set.add(3);
 * console.log(set.has(3), len(set)); // true 3
 */
export class SetProxy<T = unknown> extends Base<T> implements Iterable<T> {
  /** An iterator in the server. It throws a RuntimeError when items come or go meanwhile. */
  declare readonly __iter__: () => IteratorProxy<T>;

  /** Python's `other - set`. */
  declare readonly __rsub__: <U>(other: ReadonlySet<U> | SetProxy<U>) => Set<U>;

  /** The items as they are at the beginning, got in one call. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    yield* this.copy();
  }
}

pair({ async: twin.SetProxy, sync: SetProxy as unknown as ProxyClass });
