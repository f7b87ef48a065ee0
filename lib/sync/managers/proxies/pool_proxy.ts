import * as twin from '../../../managers/proxies/pool_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import type { Callback, ErrorCallback } from '../../../pool/types';
import type { IteratorProxy } from './iterator_proxy';

const ResultBase = blocking(twin.AsyncResultProxy) as unknown as Omit<
  typeof twin.AsyncResultProxy,
  'prototype'
> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.AsyncResultProxy<T>>);

/** What becomes of a call of a pool in a server. */
export class AsyncResultProxy<T = unknown> extends ResultBase<T> {}

pair({ async: twin.AsyncResultProxy, sync: AsyncResultProxy as unknown as ProxyClass });

type Callable<A extends readonly unknown[], R> = (...args: [...A]) => R | Promise<R>;

const Base = blocking(twin.PoolProxy) as unknown as Omit<typeof twin.PoolProxy, 'prototype'> &
  (new (
    token: Token,
    options?: ProxyOptions,
  ) => Blocking<
    twin.PoolProxy,
    'apply' | 'apply_async' | 'map' | 'map_async' | 'starmap' | 'starmap_async' | 'imap' | 'imap_unordered'
  >);

/**
 * Python's `Pool` in a server: its workers are the server's children. Callbacks are sent to the server, and run there.
 *
 * @example
 * using pool = manager.Pool(2);
 * console.log(pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 */
export class PoolProxy extends Base implements Disposable {
  /** What one call of the function returns. */
  declare readonly apply: <A extends readonly unknown[], R>(
    func: Callable<A, R>,
    args?: A,
    kwds?: object,
  ) => R;

  /** As `apply`, but returns as soon as it is submitted. Callbacks run in the server. */
  declare readonly apply_async: <A extends readonly unknown[], R>(
    func: Callable<A, R>,
    args?: A,
    kwds?: object,
    callback?: Callback<R> | null,
    error_callback?: ErrorCallback | null,
  ) => AsyncResultProxy<R>;

  /** What the function returns for each item, in their order. */
  declare readonly map: <T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize?: number | null,
  ) => R[];

  declare readonly map_async: <T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize?: number | null,
    callback?: Callback<R[]> | null,
    error_callback?: ErrorCallback | null,
  ) => AsyncResultProxy<R[]>;

  /** As `map`; each item is a list of arguments. */
  declare readonly starmap: <A extends readonly unknown[], R>(
    func: Callable<A, R>,
    iterable: Iterable<A>,
    chunksize?: number | null,
  ) => R[];

  declare readonly starmap_async: <A extends readonly unknown[], R>(
    func: Callable<A, R>,
    iterable: Iterable<A>,
    chunksize?: number | null,
    callback?: Callback<R[]> | null,
    error_callback?: ErrorCallback | null,
  ) => AsyncResultProxy<R[]>;

  /** The results one by one, in the order of the items. */
  declare readonly imap: <T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize?: number,
  ) => IteratorProxy<R>;

  /** The results one by one, as they come. */
  declare readonly imap_unordered: <T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize?: number,
  ) => IteratorProxy<R>;

  /** Python's `with`: terminates it. */
  [Symbol.dispose](): void {
    this.terminate();
  }
}

pair({ async: twin.PoolProxy, sync: PoolProxy as unknown as ProxyClass });
