import type { BaseProxy } from './base_proxy';
import type * as Auto from './auto_proxy';
import type { ProxyOptions } from './proxy_options';
import type { ProxyClass } from './registry';
import type { Token } from './token';

/** What is known in this thread of the types that servers name in their answers, whatever manager registered them. */
const known = new Map<string, ProxyClass | null>();

/** A proxy of this type is of this class, unless the manager at hand says otherwise. */
export function nameProxyType(typeid: string, proxytype: ProxyClass | null): void {
  known.set(typeid, proxytype);
}

/** The class of this name, as Python calls it; `null`: there is none here. */
export function classNamed(name: string, typeid: string): ProxyClass | null {
  const own = known.get(typeid) ?? null;
  if (own?.name === name) return own;
  for (const each of known.values()) if (each?.name === name) return each;
  return null;
}

/** A proxy of the class that its type has; if that is not known here, of one that is made for its methods. */
export function proxyFor(
  token: Token,
  options: ProxyOptions & { readonly exposed: readonly string[] },
): BaseProxy {
  const entry = options.manager?.registry[token.typeid];
  const proxytype = entry === undefined ? (known.get(token.typeid) ?? null) : entry.proxytype;
  if (proxytype !== null) return new proxytype(token, options);
  // It is made of proxies itself.
  const { autoProxy } = require('./auto_proxy') as typeof Auto;
  return autoProxy(token, options);
}
