import type { ProxyClass } from './registry';

/** What is known in this thread of the types that servers name in their answers, whatever manager registered them. */
const known = new Map<string, ProxyClass | null>();

/** A proxy of this type is of this class, unless the manager at hand says otherwise. */
export function nameProxyType(typeid: string, proxytype: ProxyClass | null): void {
  known.set(typeid, proxytype);
}

export const namedProxyType = (typeid: string): ProxyClass | null => known.get(typeid) ?? null;

/** The class of this name, as Python calls it; `null`: there is none here. */
export function classNamed(name: string, typeid: string): ProxyClass | null {
  const own = namedProxyType(typeid);
  if (own?.name === name) return own;
  for (const each of known.values()) if (each?.name === name) return each;
  return null;
}
