import type { BaseProxy } from './proxies/base_proxy';

/** The methods of an object as proxies have them: they block. */
export type Proxied<T> = BaseProxy & {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Awaited<R>
    : never;
};
