import * as twin from '../../../managers/proxies/array_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import { withItems } from './items';

const Base = blocking(twin.ArrayProxy) as unknown as Omit<typeof twin.ArrayProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.ArrayProxy<T>>);

/**
 * Python's `array.array` in a server: numbers (or characters) of one type of C. `array[i]`, `array[-1]` and
 * `array[i] = value` are Python's.
 *
 * @example
 * const array = manager.Array('i', [1, 2, 3]);
 * array[0] = 7;
 * console.log(array.slice()); // [ 7, 2, 3 ]
 */
export class ArrayProxy<T = number> extends Base<T> implements Iterable<T> {
  /** Python's `array[index]`. @throws IndexError if there is no such place. */
  [index: number]: T;

  constructor(token: Token, options?: ProxyOptions) {
    super(token, options);
    return withItems(this as never, true);
  }

  /** The values as they are at the beginning, got in one call. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    yield* this.slice();
  }
}

pair({ async: twin.ArrayProxy, sync: ArrayProxy as unknown as ProxyClass });
