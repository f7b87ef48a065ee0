import * as twin from '../../../managers/proxies/namespace_proxy';
import type { BaseProxy as AsyncProxy } from '../../../managers/base_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';

const Base = blocking(twin.NamespaceProxy) as unknown as Omit<typeof twin.NamespaceProxy, 'prototype'> &
  (new (token: Token, options?: ProxyOptions) => Blocking<AsyncProxy>);

/**
 * Python's `multiprocessing.managers.Namespace`: attributes that anybody sets.
 *
 * Attributes that are called `str`, `toString`, `constructor`, `then` or `toJSON`, or begin with `_`, are had by
 * `__getattribute__` and `__setattr__` only.
 *
 * @example
 * const namespace = manager.Namespace({ x: 1 });
 * namespace.y = 2;
 * console.log(namespace.x, namespace.y); // 1 2
 * delete namespace.y;
 */
export class NamespaceProxy extends Base {
  [name: string]: unknown;

  /** The value of an attribute. @throws AttributeError if there is none. */
  declare readonly __getattribute__: (name: string) => unknown;

  /** Sets an attribute. */
  declare readonly __setattr__: (name: string, value: unknown) => void;

  /** Python's `del namespace.name`. @throws AttributeError if there is none. */
  declare readonly __delattr__: (name: string) => void;

  /** @internal */
  _assign(method: string, args: readonly unknown[]): boolean {
    this._callmethod(method, args);
    return true;
  }
}

pair({ async: twin.NamespaceProxy, sync: NamespaceProxy as unknown as ProxyClass });
