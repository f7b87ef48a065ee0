import type { BaseProxy } from './base_proxy';

/** The methods of an object as proxies have them: they resolve to what they return. */
export type Proxied<T> = BaseProxy & {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};
