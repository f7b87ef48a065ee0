import { BaseProxy } from './base_proxy';
import type { ProxyOptions } from './proxy_options';
import type { ProxyClass } from './registry';
import type { Token } from './token';

/** The methods of an object as proxies have them: they resolve to what they return. */
export type Proxied<T> = BaseProxy & {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** Classes that were made, by name and methods. */
const made = new Map<string, ProxyClass>();
const automatic = new WeakSet<object>();

/** A proxy with it would be taken for a promise. */
const NEVER = new Set(['then', 'constructor']);

/**
 * A class of proxies that have these methods.
 *
 * @param name - its name.
 * @param exposed - the methods of the shared object. One that is called `then` can only be called by `_callmethod`:
 *   a proxy is no promise.
 * @example
 * const CounterProxy = makeProxyType('CounterProxy', ['increment', 'get']);
 */
export function makeProxyType(name: string, exposed: Iterable<string>): ProxyClass {
  const methods = [...exposed];
  const key = JSON.stringify([name, methods]);
  let Class = made.get(key);
  if (Class === undefined) {
    Class = {
      [name]: class extends BaseProxy {
        static override readonly _exposed_ = methods;
      },
    }[name] as ProxyClass;
    for (const method of methods) {
      if (NEVER.has(method)) continue;
      Object.defineProperty(Class.prototype, method, {
        value: function (this: BaseProxy, ...args: unknown[]): Promise<unknown> {
          return this._callmethod(method, args);
        },
        writable: true,
        configurable: true,
      });
    }
    made.set(key, Class);
  }
  return Class;
}

/** Is it of a class that was made for what its server exposes? */
export const isAutomatic = (proxy: object): boolean => automatic.has(proxy);

/** A proxy that has the methods that are exposed. */
export function autoProxy(
  token: Token,
  options: ProxyOptions & { readonly exposed: readonly string[] },
): BaseProxy {
  const proxy = new (makeProxyType(`AutoProxy[${token.typeid}]`, options.exposed))(token, options);
  automatic.add(proxy);
  return proxy;
}
