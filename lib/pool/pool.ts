import type { StartMethod } from '../engine/launchers';
import { IMapIterator, IMapUnorderedIterator } from './imap_iterator';
import { NOT_SENT, PoolCore } from './pool_core';
import { REDUCE } from '../reduction/registry';
import { AsyncResult, MapResult } from './results';
import type * as types from './types';

/**
 * A pool of worker processes that run functions in parallel.
 *
 * Python's `multiprocessing.Pool` with promises where Python blocks. Any function can be sent, with the
 * variables it uses: lambdas, closures, methods. The pool does not keep the process alive, its pending work does.
 *
 * @example
 * await using pool = new Pool(4);
 * console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 */
export class Pool implements AsyncDisposable {
  static readonly [REDUCE] = NOT_SENT;

  /** How the workers of this class are started; `null`: by the start method in use. */
  protected static readonly start_method: StartMethod | null = null;

  readonly #core: PoolCore;

  /**
   * Starts the workers.
   *
   * @param processes - how many workers. @default `cpu_count()`
   * @param initializer - called in each worker before its first task. It may be async.
   * @param initargs - the arguments of `initializer`.
   * @param maxtasksperchild - how many tasks (calls, or chunks of a map) a worker runs before a fresh one
   *   replaces it. @default for ever
   * @throws ValueError for fewer than 1 process or task.
   * @throws TypeError for an initializer that is not a function, or an unknown keyword.
   * @throws PicklingError for an initializer or `initargs` that cannot be sent.
   * @throws AssertionError in a worker of a pool: workers have no children.
   */
  constructor(options?: types.PoolOptions);
  constructor(processes: number | null | undefined, options?: Omit<types.PoolOptions, 'processes'>);
  constructor(
    processes: number | null | undefined,
    initializer: types.Initializer,
    options?: Pick<types.PoolOptions, 'initargs' | 'maxtasksperchild'>,
  );
  constructor(
    processes: number | null | undefined,
    initializer: types.Initializer | null | undefined,
    initargs: Iterable<unknown> | null | undefined,
    options: Pick<types.PoolOptions, 'maxtasksperchild'>,
  );
  constructor(
    processes?: number | null,
    initializer?: types.Initializer | null,
    initargs?: Iterable<unknown> | null,
    maxtasksperchild?: number | null,
  );
  constructor(...args: unknown[]) {
    this.#core = new PoolCore(this, args, new.target.start_method, true);
  }

  // -------------------------------------------------------------- apply

  /**
   * Calls `func(...args)` in a worker and resolves to what it returns.
   *
   * @param kwds - passed to the function as one last object argument, unless empty.
   * @throws ValueError after `close` or `terminate`.
   */
  apply<A extends unknown[], R>(
    func: (...args: A) => R,
    args?: Readonly<A> | null,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], R>(
    func: (...args: A) => R,
    args: Readonly<A> | null | undefined,
    kwds: types.NoKwds,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], R>(
    func: (...args: A) => R,
    options: types.ApplyKeywords<A>,
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    options: types.ApplyKeywords<A, K> & { readonly kwds: K },
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    options: Omit<types.ApplyKeywords<A, K>, 'args'> & { readonly kwds: K },
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    kwds: types.Kwds<K, types.ApplyReserved>,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>>;
  async apply(...args: unknown[]): Promise<unknown> {
    return await this.#core.apply(args).get(null);
  }

  /**
   * Calls `func(...args)` in a worker; the result object is there at once.
   *
   * @param kwds - passed to the function as one last object argument, unless empty.
   * @param callback - called with the value, on this process's event loop, before the result turns ready.
   * @param error_callback - the same for an error.
   * @throws ValueError after `close` or `terminate`.
   */
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    args?: Readonly<A> | null,
    kwds?: types.NoKwds,
    callback?: types.Callback<Awaited<R>> | types.CallbackKeywords<Awaited<R>> | null,
    error_callback?: types.ErrorCallback | null,
    options?: types.CallKeywords,
  ): AsyncResult<Awaited<R>>;
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    options: types.ApplyAsyncKeywords<A, Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    args: Readonly<A> | null | undefined,
    options: Omit<types.ApplyAsyncKeywords<A, Awaited<R>>, 'args'>,
  ): AsyncResult<Awaited<R>>;
  apply_async<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    options: types.ApplyAsyncKeywords<A, Awaited<R>, K> & { readonly kwds: K },
  ): AsyncResult<Awaited<R>>;
  apply_async<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    options: Omit<types.ApplyAsyncKeywords<A, Awaited<R>, K>, 'args'> & { readonly kwds: K },
  ): AsyncResult<Awaited<R>>;
  apply_async<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    kwds: types.Kwds<K, types.ApplyAsyncReserved>,
    callback?: types.Callback<Awaited<R>> | types.CallbackKeywords<Awaited<R>> | null,
    error_callback?: types.ErrorCallback | null,
    options?: types.CallKeywords,
  ): AsyncResult<Awaited<R>>;
  apply_async(...args: unknown[]): AsyncResult<unknown> {
    return new AsyncResult(this.#core.apply_async(args));
  }

  // ---------------------------------------------------------------- map

  /**
   * Calls `func(item)` for every item and resolves to the list of results, in the order of the input.
   *
   * @param iterable - any iterable, or an async one.
   * @param chunksize - items that travel together. @default the input in four chunks per worker
   * @throws the first failure to arrive, when every chunk has reported.
   * @throws ValueError after `close` or `terminate`, or for a chunksize below 1.
   */
  map<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    chunksize?: number | types.MapKeywords | null,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>[]>;
  async map(...args: unknown[]): Promise<unknown[]> {
    return await this.#core.map(args).get(null);
  }

  /** As `map`, without waiting: the result object is there at once. */
  map_async<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    chunksize?: number | types.MapAsyncKeywords<Awaited<R>> | null,
    callback?: types.Callback<Awaited<R>[]> | types.MapAsyncKeywords<Awaited<R>> | null,
    error_callback?: types.ErrorCallback | null,
    options?: types.CallKeywords,
  ): MapResult<Awaited<R>>;
  map_async(...args: unknown[]): MapResult<unknown> {
    return new MapResult(this.#core.map_async(args));
  }

  /** As `map`, with each item an argument list: `func(...item)`. */
  starmap<A extends unknown[], R>(
    func: (...args: A) => R,
    iterable: types.AnyIterable<Readonly<A>>,
    chunksize?: number | types.MapKeywords | null,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>[]>;
  async starmap(...args: unknown[]): Promise<unknown[]> {
    return await this.#core.starmap(args).get(null);
  }

  /** As `starmap`, without waiting: the result object is there at once. */
  starmap_async<A extends unknown[], R>(
    func: (...args: A) => R,
    iterable: types.AnyIterable<Readonly<A>>,
    chunksize?: number | types.MapAsyncKeywords<Awaited<R>> | null,
    callback?: types.Callback<Awaited<R>[]> | types.MapAsyncKeywords<Awaited<R>> | null,
    error_callback?: types.ErrorCallback | null,
    options?: types.CallKeywords,
  ): MapResult<Awaited<R>>;
  starmap_async(...args: unknown[]): MapResult<unknown> {
    return new MapResult(this.#core.starmap_async(args));
  }

  // --------------------------------------------------------------- imap

  /**
   * As `map`, but lazy: the results are iterated in the order of the input while the work goes on.
   *
   * @param iterable - any iterable, or an async one; it may be endless.
   * @param chunksize - items that travel together. @default 1
   * @param options - `buffersize`: at most so many items are submitted and not yet read. @default no bound: the
   *   input is taken as fast as workers can use it
   * @throws ValueError after `close` or `terminate`, or for a chunksize below 1.
   */
  imap<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    chunksize?: number | types.ImapKeywords | null,
    options?: Omit<types.ImapKeywords, 'chunksize'>,
  ): IMapIterator<Awaited<R>>;
  imap(...args: unknown[]): IMapIterator<unknown> {
    return new IMapIterator(this.#core.imap(args));
  }

  /** As `imap`, with the results in the order in which they come. */
  imap_unordered<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    chunksize?: number | types.ImapKeywords | null,
    options?: Omit<types.ImapKeywords, 'chunksize'>,
  ): IMapUnorderedIterator<Awaited<R>>;
  imap_unordered(...args: unknown[]): IMapUnorderedIterator<unknown> {
    return new IMapUnorderedIterator(this.#core.imap_unordered(args));
  }

  // ---------------------------------------------------------- life cycle

  /** Takes no more work. What is submitted is still done; then the workers end. */
  close(): void {
    this.#core.close();
  }

  /**
   * Ends the workers now. What is not done is dropped: its results reject with TerminatedError.
   *
   * @returns a promise that resolves when no worker is left.
   */
  async terminate(): Promise<void> {
    this.#core.terminate();
    await this.#core.ended();
  }

  /**
   * Waits until all work is done, all callbacks have run and the workers have ended.
   *
   * @throws ValueError before `close` or `terminate`.
   */
  async join(): Promise<void> {
    this.#core.checkJoin();
    await this.#core.ended();
    await this.#core.called();
  }

  /** Leaving an `await using` block terminates the pool, as leaving a `with` block does in Python. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** `<Pool state=RUN pool_size=4>` */
  toString(): string {
    return this.#core.toString();
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
