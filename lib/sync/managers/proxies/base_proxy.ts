import * as twin from '../../../managers/base_proxy';
import { proxyTypeOf } from '../../../managers/base_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';

const Base = blocking(twin.BaseProxy) as unknown as Omit<typeof twin.BaseProxy, 'prototype'> &
  (new (token: Token, options?: ProxyOptions) => Blocking<twin.BaseProxy, '_lane'>);

/**
 * Stands for an object that a manager's server holds: its methods are called there, and block until they have
 * answered with a copy of what they return.
 *
 * As `BaseProxy` of `multiprocessing-ts/managers`, but that `String(proxy)` and what `console.log` prints are Python's
 * `str(proxy)`: they ask the server.
 *
 * @example
 * using manager = Manager();
 * const list = manager.list([1, 2]);
 * list.append(3);
 * console.log(list._getvalue()); // [ 1, 2, 3 ]
 */
export class BaseProxy extends Base {
  /** All classes of proxies here are its subclasses. */
  static override [Symbol.hasInstance](this: { readonly prototype: object }, value: unknown): boolean {
    if (this !== (BaseProxy as unknown))
      return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
    return value instanceof twin.BaseProxy && value._facade === 'sync';
  }
}

pair({ async: twin.BaseProxy, sync: BaseProxy as unknown as ProxyClass });

/**
 * A class of proxies that have these methods.
 *
 * @param name - its name.
 * @param exposed - the methods of the shared object.
 * @example
 * const CounterProxy = MakeProxyType('CounterProxy', ['increment', 'get']);
 */
export function MakeProxyType(name: string, exposed: Iterable<string>): typeof BaseProxy {
  return proxyTypeOf(BaseProxy as unknown as ProxyClass, name, exposed) as unknown as typeof BaseProxy;
}
