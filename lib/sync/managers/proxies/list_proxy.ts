import * as twin from '../../../managers/proxies/list_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import { IndexError } from '../../../errors';
import type { Slice } from '../../../managers/slice';
import { withItems } from './items';

const Base = blocking(twin.ListProxy) as unknown as Omit<typeof twin.ListProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.ListProxy<T>, '__getitem__' | '__add__'>);

/**
 * Python's `list` in a server. What is read of it is a copy: change an item by setting it again, or by having a shared
 * object for an item.
 *
 * `list[i]`, `list[-1]`, `list[i] = value`, `delete list[i]`, `for (const item of list)` are Python's; `3 in list` is,
 * too, for integers, and `list.includes(value)` for all else.
 *
 * @example
 * const list = manager.list([1, 2, 3]);
 * list[0] = 7;
 * list.append(4);
 * console.log(list[-1], len(list)); // 4 4
 */
export class ListProxy<T = unknown> extends Base<T> implements Iterable<T> {
  /** Python's `list[index]`. @throws IndexError if there is no such place. */
  [index: number]: T;

  constructor(token: Token, options?: ProxyOptions) {
    super(token, options);
    return withItems(this as never, true);
  }

  /** Python's `list[index]`, `list[start:stop:step]`. @throws IndexError if there is no such place. */
  declare readonly __getitem__: { (index: number): T; (index: Slice): T[] };

  /** Python's `list + values`: a plain list. */
  declare readonly __add__: <U>(values: readonly U[] | ListProxy<U>) => (T | U)[];

  /** Item after item, each a call: what is changed meanwhile is seen, as in Python. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; ; i++) {
      let item: T;
      try {
        item = this.__getitem__(i);
      } catch (error) {
        if (error instanceof IndexError) return;
        throw error;
      }
      yield item;
    }
  }
}

pair({ async: twin.ListProxy, sync: ListProxy as unknown as ProxyClass });
