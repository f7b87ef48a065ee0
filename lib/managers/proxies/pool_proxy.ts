import { listOf } from '../../pool/arguments';
import type { Callback, ErrorCallback } from '../../pool/types';
import { bindTimeout, type Timeout } from '../../util/timeout';
import { BaseProxy } from '../base_proxy';
import { nameProxyType } from '../proxy_types';
import './iterator_proxy';
import type { IteratorProxy } from './iterator_proxy';

const bindGet = bindTimeout('get');
const bindWait = bindTimeout('wait');

type Callable<A extends readonly unknown[], R> = (...args: [...A]) => R | Promise<R>;

/** What becomes of a call of a pool in a server. */
export class AsyncResultProxy<T = unknown> extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['get', 'ready', 'successful', 'wait'];

  /**
   * The value, or the error as a rejection.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @throws TimeoutError when it is not there in time.
   */
  get(timeout?: Timeout): Promise<T> {
    return this._run(() => this._calling('get', [bindGet(timeout)])) as Promise<T>;
  }

  /** Resolves when it is there, or the timeout is over. */
  wait(timeout?: Timeout): Promise<void> {
    return this._run(() => this._telling('wait', [bindWait(timeout)]));
  }

  ready(): Promise<boolean> {
    return this._callmethod('ready') as Promise<boolean>;
  }

  /** @throws ValueError when it is not ready. */
  successful(): Promise<boolean> {
    return this._callmethod('successful') as Promise<boolean>;
  }
}

/**
 * Python's `Pool` in a server: its workers are the server's children. Callbacks are sent to the server, and run there.
 *
 * @example
 * await using pool = await manager.Pool(2);
 * console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 */
export class PoolProxy extends BaseProxy implements AsyncDisposable {
  static override readonly _exposed_: readonly string[] = [
    ...['apply', 'apply_async', 'close', 'imap', 'imap_unordered', 'join', 'map', 'map_async', 'starmap'],
    ...['starmap_async', 'terminate'],
  ];
  static override readonly _method_to_typeid_: Readonly<Record<string, string>> = {
    apply_async: 'AsyncResult',
    map_async: 'AsyncResult',
    starmap_async: 'AsyncResult',
    imap: 'Iterator',
    imap_unordered: 'Iterator',
  };

  /** What one call of the function returns. */
  apply<A extends readonly unknown[], R>(func: Callable<A, R>, args?: A, kwds: object = {}): Promise<R> {
    return this._callmethod('apply', [func, args ?? [], kwds]) as Promise<R>;
  }

  /** As `apply`, but resolves as soon as it is submitted. Callbacks run in the server. */
  apply_async<A extends readonly unknown[], R>(
    func: Callable<A, R>,
    args?: A,
    kwds: object = {},
    callback: Callback<R> | null = null,
    error_callback: ErrorCallback | null = null,
  ): Promise<AsyncResultProxy<R>> {
    const given = [func, args ?? [], kwds, callback, error_callback];
    return this._callmethod('apply_async', given) as Promise<AsyncResultProxy<R>>;
  }

  /** What the function returns for each item, in their order. */
  map<T, R>(func: Callable<[T], R>, iterable: Iterable<T>, chunksize: number | null = null): Promise<R[]> {
    return this._callmethod('map', [func, listOf(iterable), chunksize]) as Promise<R[]>;
  }

  map_async<T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize: number | null = null,
    callback: Callback<R[]> | null = null,
    error_callback: ErrorCallback | null = null,
  ): Promise<AsyncResultProxy<R[]>> {
    const given = [func, listOf(iterable), chunksize, callback, error_callback];
    return this._callmethod('map_async', given) as Promise<AsyncResultProxy<R[]>>;
  }

  /** As `map`; each item is a list of arguments. */
  starmap<A extends readonly unknown[], R>(
    func: Callable<A, R>,
    iterable: Iterable<A>,
    chunksize: number | null = null,
  ): Promise<R[]> {
    return this._callmethod('starmap', [func, listOf(iterable), chunksize]) as Promise<R[]>;
  }

  starmap_async<A extends readonly unknown[], R>(
    func: Callable<A, R>,
    iterable: Iterable<A>,
    chunksize: number | null = null,
    callback: Callback<R[]> | null = null,
    error_callback: ErrorCallback | null = null,
  ): Promise<AsyncResultProxy<R[]>> {
    const given = [func, listOf(iterable), chunksize, callback, error_callback];
    return this._callmethod('starmap_async', given) as Promise<AsyncResultProxy<R[]>>;
  }

  /** The results one by one, in the order of the items. */
  imap<T, R>(func: Callable<[T], R>, iterable: Iterable<T>, chunksize = 1): Promise<IteratorProxy<R>> {
    return this._callmethod('imap', [func, listOf(iterable), chunksize]) as Promise<IteratorProxy<R>>;
  }

  /** The results one by one, as they come. */
  imap_unordered<T, R>(
    func: Callable<[T], R>,
    iterable: Iterable<T>,
    chunksize = 1,
  ): Promise<IteratorProxy<R>> {
    return this._callmethod('imap_unordered', [func, listOf(iterable), chunksize]) as Promise<
      IteratorProxy<R>
    >;
  }

  /** Takes no more calls. */
  close(): Promise<void> {
    return this._tell('close');
  }

  /** Ends its workers at once. */
  terminate(): Promise<void> {
    return this._tell('terminate');
  }

  /** Waits until its workers have ended. @throws ValueError before `close` or `terminate`. */
  join(): Promise<void> {
    return this._tell('join');
  }

  /** Python's `with`: terminates it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }
}

nameProxyType('AsyncResult', AsyncResultProxy);
