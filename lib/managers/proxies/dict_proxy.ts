import { go, type Course } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import { iterableArgument } from './arguments';
import './iterator_proxy';
import type { IteratorProxy } from './iterator_proxy';

/** What a dict is made of, or updated from. */
export type Pairs<K, V> =
  ReadonlyMap<K, V> | Iterable<readonly [K, V]> | Readonly<Record<string, V>> | BaseProxy;

/**
 * Python's `dict` in a server. Keys are equal as in Python: `1`, `1n` and `true` are one, tuples are compared by what is
 * in them. What is read of it is a copy: change a value by setting it again, or have a shared object for a value.
 *
 * @example
 * const dict = await manager.dict({ a: 1 });
 * await dict.set('b', 2);
 * for await (const [key, value] of dict) console.log(key, value);
 */
export class DictProxy<K = unknown, V = unknown> extends BaseProxy implements AsyncIterable<[K, V]> {
  static override readonly _exposed_: readonly string[] = [
    ...[
      '__contains__',
      '__delitem__',
      '__getitem__',
      '__ior__',
      '__iter__',
      '__len__',
      '__or__',
      '__reversed__',
    ],
    ...['__ror__', '__setitem__', 'clear', 'copy', 'fromkeys', 'get', 'items', 'keys', 'pop', 'popitem'],
    ...['setdefault', 'update', 'values'],
  ];
  static override readonly _method_to_typeid_: Readonly<Record<string, string>> = { __iter__: 'Iterator' };

  /** The value of a key; `byDefault` (`null`) if there is none. */
  get(key: K): Promise<V | null>;
  get<D>(key: K, byDefault: D): Promise<V | D>;
  get(...args: readonly unknown[]): Promise<unknown> {
    return this._callmethod('get', args);
  }

  /** Python's `dict[key] = value`. */
  set(key: K, value: V): Promise<void> {
    return this.__setitem__(key, value);
  }

  /** Python's `key in dict`. */
  has(key: unknown): Promise<boolean> {
    return this.__contains__(key);
  }

  /** Takes a key out, as JavaScript's `Map` does: resolves to false where Python's `del dict[key]` is a KeyError. */
  delete(key: K): Promise<boolean> {
    return this._run(() => go(this.#deleting(key)));
  }

  *#deleting(key: K): Course<boolean> {
    const marker = Math.random();
    const first = yield* this._calling('pop', [key, marker]);
    return first !== marker;
  }

  /** Python's `len(dict)`. */
  size(): Promise<number> {
    return this.__len__();
  }

  keys(): Promise<K[]> {
    return this._callmethod('keys') as Promise<K[]>;
  }

  values(): Promise<V[]> {
    return this._callmethod('values') as Promise<V[]>;
  }

  items(): Promise<[K, V][]> {
    return this._callmethod('items') as Promise<[K, V][]>;
  }

  /** As {@link DictProxy.items}: JavaScript's name. */
  entries(): Promise<[K, V][]> {
    return this.items();
  }

  /** A copy of all of it. */
  copy(): Promise<Map<K, V>> {
    return this._callmethod('copy') as Promise<Map<K, V>>;
  }

  clear(): Promise<void> {
    return this._tell('clear');
  }

  /** Takes a key out. @throws KeyError if there is none, unless `byDefault` is given. */
  pop(key: K): Promise<V>;
  pop<D>(key: K, byDefault: D): Promise<V | D>;
  pop(...args: readonly unknown[]): Promise<unknown> {
    return this._callmethod('pop', args);
  }

  /** Takes the pair out that came last. @throws KeyError if there is none. */
  popitem(): Promise<[K, V]> {
    return this._callmethod('popitem') as Promise<[K, V]>;
  }

  /** The value of a key, which becomes `byDefault` (`null`) if there is none. */
  setdefault(key: K): Promise<V | null>;
  setdefault(key: K, byDefault: V): Promise<V>;
  setdefault(...args: readonly unknown[]): Promise<unknown> {
    return this._callmethod('setdefault', args);
  }

  /** Sets all of these. @throws TypeError, ValueError for what is neither a dict nor pairs. */
  update(pairs: Pairs<K, V>, kwds: Readonly<Record<string, V>> = {}): Promise<void> {
    return this._run(() => this._telling('update', [iterableArgument(pairs)], kwds));
  }

  /** Python's of 3.14: a plain dict of these keys. */
  fromkeys<Key, Value = null>(keys: Iterable<Key>, value?: Value): Promise<Map<Key, Value>> {
    return this._callmethod('fromkeys', [iterableArgument(keys), value ?? null]) as Promise<Map<Key, Value>>;
  }

  /** Python's `dict[key]`. @throws KeyError if there is none. */
  __getitem__(key: K): Promise<V> {
    return this._callmethod('__getitem__', [key]) as Promise<V>;
  }
  __setitem__(key: K, value: V): Promise<void> {
    return this._tell('__setitem__', [key, value]);
  }
  /** Python's `del dict[key]`. @throws KeyError if there is none. */
  __delitem__(key: K): Promise<void> {
    return this._tell('__delitem__', [key]);
  }
  __contains__(key: unknown): Promise<boolean> {
    return this._callmethod('__contains__', [key]) as Promise<boolean>;
  }
  __len__(): Promise<number> {
    return this._callmethod('__len__') as Promise<number>;
  }
  /** An iterator over the keys, in the server. It throws a RuntimeError when keys come or go meanwhile. */
  __iter__(): Promise<IteratorProxy<K>> {
    return this._callmethod('__iter__') as Promise<IteratorProxy<K>>;
  }
  /** Python's `reversed(dict)`, of 3.14: a plain list of the keys here. */
  __reversed__(): Promise<K[]> {
    return this._run(() => go(this._listing('__reversed__', []))) as Promise<K[]>;
  }
  /** Python's `dict | other`, of 3.14: a plain dict. */
  __or__(other: Pairs<K, V>): Promise<Map<K, V>> {
    return this._callmethod('__or__', [other]) as Promise<Map<K, V>>;
  }
  /** Python's `other | dict`, of 3.14: a plain dict. */
  __ror__(other: Pairs<K, V>): Promise<Map<K, V>> {
    return this._callmethod('__ror__', [other]) as Promise<Map<K, V>>;
  }
  /** Python's `dict |= other`. */
  __ior__(other: Pairs<K, V>): Promise<this> {
    return this._run(() => this._changing('__ior__', [iterableArgument(other)]));
  }

  /** A copy of all of it. */
  override _getvalue(): Promise<Map<K, V>> {
    return super._getvalue() as Promise<Map<K, V>>;
  }

  /** The pairs as they are at the beginning, got in one call. (Python's loop has the keys: see `__iter__`.) */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, V], void, undefined> {
    yield* await this.items();
  }
}
