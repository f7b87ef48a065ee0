import type { FacadeName } from './facade_name';
import type { ProxyClass } from './registry';

type Twins = Readonly<Record<FacadeName, ProxyClass>>;

const twins = new WeakMap<ProxyClass, Twins>();

/** Both are proxies of the same: the methods of one give promises, those of the other block. */
export function pair(both: Twins): void {
  twins.set(both.async, both);
  twins.set(both.sync, both);
}

/** The class of this facade for a class of either; one that has no twin is for both. */
export const fitting = (Class: ProxyClass, facade: FacadeName): ProxyClass =>
  twins.get(Class)?.[facade] ?? Class;
