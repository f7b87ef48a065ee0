import * as twin from '../../../managers/proxies/iterator_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';

const Base = blocking(twin.IteratorProxy) as unknown as Omit<typeof twin.IteratorProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.IteratorProxy<T>>);

/**
 * An iterator in a server: each value is one call.
 *
 * @example
 * for (const key of dict.__iter__()) console.log(key);
 */
export class IteratorProxy<T = unknown> extends Base<T> implements IterableIterator<T, undefined> {
  [Symbol.iterator](): this {
    return this;
  }
}

pair({ async: twin.IteratorProxy, sync: IteratorProxy as unknown as ProxyClass });
