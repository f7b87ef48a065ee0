import * as twin from '../../../managers/proxies/value_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';

const Base = blocking(twin.ValueProxy) as unknown as Omit<typeof twin.ValueProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.ValueProxy<T>, 'value'>);

/**
 * Python's `multiprocessing.managers.Value`: it holds anything, whatever its typecode.
 *
 * @example
 * const value = manager.Value('i', 4);
 * value.value += 1;
 * console.log(value.value); // 5
 */
export class ValueProxy<T = unknown> extends Base<T> {
  get value(): T {
    return this.get();
  }
  set value(value: T) {
    this.set(value);
  }
}

pair({ async: twin.ValueProxy, sync: ValueProxy as unknown as ProxyClass });
