import * as twin from '../../../managers/proxies/dict_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import { withItems } from './items';
import type { IteratorProxy } from './iterator_proxy';

const Base = blocking(twin.DictProxy) as unknown as Omit<typeof twin.DictProxy, 'prototype'> &
  (new <K, V>(
    token: Token,
    options?: ProxyOptions,
  ) => Blocking<twin.DictProxy<K, V>, 'get' | 'pop' | 'setdefault' | 'fromkeys' | '__iter__' | 'has'>);

class Dict<K = unknown, V = unknown> extends Base<K, V> implements Iterable<K> {
  constructor(token: Token, options?: ProxyOptions) {
    super(token, options);
    return withItems(this as never);
  }

  /** The value of a key; `byDefault` (`null`) if there is none. */
  declare readonly get: { (key: K): V | null; <D>(key: K, byDefault: D): V | D };

  /** Python's `key in dict`, of any key. */
  declare readonly has: (key: unknown) => boolean;

  /** Takes a key out. @throws KeyError if there is none, unless `byDefault` is given. */
  declare readonly pop: { (key: K): V; <D>(key: K, byDefault: D): V | D };

  /** The value of a key, which becomes `byDefault` (`null`) if there is none. */
  declare readonly setdefault: { (key: K): V | null; (key: K, byDefault: V): V };

  /** Python's of 3.14: a plain dict of these keys. */
  declare readonly fromkeys: <Key, Value = null>(keys: Iterable<Key>, value?: Value) => Map<Key, Value>;

  /** An iterator over the keys, in the server. It throws a RuntimeError when keys come or go meanwhile. */
  declare readonly __iter__: () => IteratorProxy<K>;

  /** The keys as they are at the beginning, got in one call. */
  *[Symbol.iterator](): Generator<K, void, undefined> {
    yield* this.keys();
  }
}

Object.defineProperty(Dict, 'name', { value: 'DictProxy' });

/**
 * Python's `dict` in a server. Keys are equal as in Python: `1`, `1n` and `true` are one, tuples are compared by what is
 * in them. What is read of it is a copy: change a value by setting it again, or have a shared object for a value.
 *
 * `d[key]` (a KeyError if there is none), `d[key] = value`, `delete d[key]`, `key in d` and `for (const key of d)` are
 * Python's. JavaScript makes text of every such key: what is an integer in its usual form is taken for one, `d['1']`
 * for `d[1]`. Any other key, and one that is the name of a method (`keys`, `get`), goes by `get`,
 * `__getitem__` and `__setitem__`.
 *
 * @example
 * const dict = manager.dict({ a: 1 });
 * dict['b'] = 2;
 * for (const key of dict) console.log(key, dict[key]);
 */
export type DictProxy<K = unknown, V = unknown> = Dict<K, V> & Record<K & PropertyKey, V>;

/** The class of {@link DictProxy}. */
export const DictProxy = Dict as Omit<typeof Dict, 'prototype'> &
  (new <K = unknown, V = unknown>(token: Token, options?: ProxyOptions) => DictProxy<K, V>);

pair({ async: twin.DictProxy, sync: DictProxy as unknown as ProxyClass });
