import { Engine } from '../engine/engine';
import { EventLoopDriver } from '../engine/driver';
import { defaultMethod, launcherOf, type StartMethod } from '../engine/launchers';
import { poolIdentity } from './identity';
import { AssertionError, ValueError } from '../errors';
import { encodeFunction, encodeList } from '../reduction/sending';
import { cpu_count } from '../util/cpu_count';
import { getCurrentProcess } from '../util/current';
import { CallKind, type CallKindId } from '../wire/protocol';
import * as bind from './arguments';
import { Callbacks } from './callbacks';
import { ApplyCall, jobOf, MapCall, type CallOptions, type Job, type PicklingFailure } from './calls';
import { MaybeEncodingError } from './errors';
import { ImapCall } from './imap';
import { IMapIterator, IMapUnorderedIterator } from './imap_iterator';
import { debug } from '../util/log';
import { queueMicrotask } from '../util/timers';
import { Collector } from './collector';
import type { Handlers } from './outcome';
import { AsyncResult, MapResult } from './results';
import type * as types from './types';

/** Python's chunks: four for each worker. */
const CHUNKS_PER_WORKER = 4;

type State = 'RUN' | 'CLOSE' | 'TERMINATE';

/** A dropped pool that was never closed ends its workers, when what was submitted is done: somebody may hold a result. */
const dropped = new FinalizationRegistry<Engine>((engine) => {
  engine.close();
});

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
  /** How the workers of this class are started; `null`: by the start method in use. */
  protected static readonly start_method: StartMethod | null = null;

  readonly #engine: Engine;
  readonly #size: number;
  readonly #callbacks = new Callbacks();
  readonly #imaps = new Set<WeakRef<ImapCall>>();
  #state: State = 'RUN';

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
    const given = bind.bindPool(args);
    const size = bind.checkProcesses(given.processes, cpu_count);
    const tasksPerWorker = bind.checkMaxTasks(given.maxtasksperchild);
    const { initializer } = given;
    if (initializer !== null && typeof initializer !== 'function') {
      throw new TypeError('initializer must be a callable');
    }
    const method = new.target.start_method ?? defaultMethod();
    if (method === 'spawn' && getCurrentProcess().daemon) {
      throw new AssertionError('daemonic processes are not allowed to have children');
    }
    const initargs = given.initargs === null ? [] : bind.listOf(given.initargs);
    const launcher = launcherOf(method);
    const { sharesMemory } = launcher;
    this.#size = size;
    this.#engine = new Engine({
      policy: { size, tasksPerWorker, eager: true, fragile: false, failedStarts: size },
      launcher,
      driver: new EventLoopDriver(),
      recruit: {
        identity: poolIdentity(method),
        initializer:
          initializer === null
            ? null
            : {
                fn: encodeFunction(initializer, sharesMemory),
                args: encodeList(initargs, sharesMemory),
              },
      },
      errors: { unencodable: (value, reason) => new MaybeEncodingError(reason, value) },
    });
    dropped.register(this, this.#engine, this);
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
    this.#checkRunning();
    const given = bind.bindApply(args);
    const call = this.#apply(given.func, given.args, given.kwds, bind.checkOptions(given), null);
    return await call.get(null);
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
    this.#checkRunning();
    const given = bind.bindApplyAsync(args);
    const call = this.#apply(
      given.func,
      given.args,
      given.kwds,
      bind.checkOptions(given),
      this.#handlers(given.callback, given.error_callback),
    );
    return new AsyncResult(call);
  }

  #apply(
    func: unknown,
    args: unknown,
    kwds: unknown,
    options: CallOptions,
    handlers: Handlers<unknown> | null,
  ): ApplyCall<unknown> {
    const call = new ApplyCall<unknown>(handlers);
    try {
      if (options.signal?.aborted === true) throw options.signal.reason;
      const list = args === null ? NO_ARGUMENTS : bind.listOf(args);
      const all =
        kwds === null || kwds === undefined || Object.keys(kwds).length === 0 ? list : [...list, kwds];
      call.start(this.#engine, jobOf(func, this.#engine.sharesMemory), all, options);
    } catch (error) {
      // What cannot be sent is the result's failure; not before the caller has the result in hand.
      queueMicrotask(() => {
        call.fail(error);
      });
    }
    return call;
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
    this.#checkRunning();
    const given = bind.bindMap(args);
    return await this.#map(CallKind.Map, { ...given, callback: null, error_callback: null }).get(null);
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
    this.#checkRunning();
    return new MapResult(this.#map(CallKind.Map, bind.bindMapAsync(args)));
  }

  /** As `map`, with each item an argument list: `func(...item)`. */
  starmap<A extends unknown[], R>(
    func: (...args: A) => R,
    iterable: types.AnyIterable<Readonly<A>>,
    chunksize?: number | types.MapKeywords | null,
    options?: types.CallKeywords,
  ): Promise<Awaited<R>[]>;
  async starmap(...args: unknown[]): Promise<unknown[]> {
    this.#checkRunning();
    const given = bind.bindStarmap(args);
    return await this.#map(CallKind.Starmap, { ...given, callback: null, error_callback: null }).get(null);
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
    this.#checkRunning();
    return new MapResult(this.#map(CallKind.Starmap, bind.bindStarmapAsync(args)));
  }

  #map(kind: CallKindId, given: bind.MapArguments): MapCall<unknown> {
    const options = bind.checkOptions(given);
    const handlers = this.#handlers(given.callback, given.error_callback);
    bind.checkChunksize(given.chunksize, 1);
    const call = new MapCall<unknown>(this.#engine, this.#jobOrFailure(given.func), kind, options, handlers);
    const start = (input: readonly unknown[], order: number): void => {
      if (input.length === 0) {
        call.completeSilently([]);
        return;
      }
      if (options.signal?.aborted === true) {
        const reason: unknown = options.signal.reason;
        queueMicrotask(() => {
          call.fail(reason);
        });
        return;
      }
      const chunks = this.#size * CHUNKS_PER_WORKER;
      const chunksize = bind.checkChunksize(given.chunksize, Math.ceil(input.length / chunks));
      call.start(kind === CallKind.Starmap ? input.map(spread) : input, chunksize, order);
    };
    const order = this.#engine.nextOrder();
    if (!bind.isAsyncIterable(given.iterable)) {
      start(bind.listOf(given.iterable), order);
    } else {
      const collector = new Collector(given.iterable, order, this.#engine, options.signal, start, (error) => {
        call.fail(error);
      });
      this.#engine.submitSource(collector);
    }
    return call;
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
    this.#checkRunning();
    return new IMapIterator(this.#imap(bind.bindImap(args), true));
  }

  /** As `imap`, with the results in the order in which they come. */
  imap_unordered<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    chunksize?: number | types.ImapKeywords | null,
    options?: Omit<types.ImapKeywords, 'chunksize'>,
  ): IMapUnorderedIterator<Awaited<R>>;
  imap_unordered(...args: unknown[]): IMapUnorderedIterator<unknown> {
    this.#checkRunning();
    return new IMapUnorderedIterator(this.#imap(bind.bindImapUnordered(args), false));
  }

  #imap(given: bind.ImapArguments, ordered: boolean): ImapCall {
    const options = bind.checkOptions(given);
    const call = new ImapCall(this.#engine, this.#jobOrFailure(given.func), given.iterable, {
      ...options,
      ordered,
      chunksize: bind.checkChunksize(given.chunksize, 1),
      buffersize: bind.checkBuffersize(given.buffersize),
    });
    if (call.bounded) this.#imaps.add(new WeakRef(call));
    this.#engine.submitSource(call);
    return call;
  }

  // ---------------------------------------------------------- life cycle

  /** Takes no more work. What is submitted is still done; then the workers end. */
  close(): void {
    debug('closing pool');
    if (this.#state !== 'RUN') return;
    this.#state = 'CLOSE';
    dropped.unregister(this);
    for (const ref of this.#imaps) ref.deref()?.close();
    this.#engine.close();
  }

  /**
   * Ends the workers now. What is not done is dropped: its results reject with TerminatedError.
   *
   * @returns a promise that resolves when no worker is left.
   */
  async terminate(): Promise<void> {
    debug('terminating pool');
    this.#state = 'TERMINATE';
    dropped.unregister(this);
    this.#engine.stop({ kind: 'terminated' });
    await this.#engine.ended();
  }

  /**
   * Waits until all work is done, all callbacks have run and the workers have ended.
   *
   * @throws ValueError before `close` or `terminate`.
   */
  async join(): Promise<void> {
    debug('joining pool');
    if (this.#state === 'RUN') throw new ValueError('Pool is still running');
    await this.#engine.ended();
    await this.#callbacks.idle();
  }

  /** Leaving an `await using` block terminates the pool, as leaving a `with` block does in Python. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** `<Pool state=RUN pool_size=4>` */
  toString(): string {
    return `<${this.constructor.name} state=${this.#state} pool_size=${this.#size}>`;
  }

  #jobOrFailure(func: unknown): Job | PicklingFailure {
    try {
      return jobOf(func, this.#engine.sharesMemory);
    } catch (error) {
      return { unsendable: error };
    }
  }

  #handlers(callback: unknown, errorCallback: unknown): (Handlers<unknown[]> & Handlers<unknown>) | null {
    const onValue = bind.checkCallback('callback', callback);
    const onError = bind.checkCallback('error_callback', errorCallback);
    if (onValue === null && onError === null) return null;
    return { queue: this.#callbacks, callback: onValue, error_callback: onError };
  }

  #checkRunning(): void {
    if (this.#state !== 'RUN') throw new ValueError('Pool not running');
  }
}

const NO_ARGUMENTS: readonly unknown[] = [];

/** An argument list as an array; what is none stays as it is, and fails in its chunk. */
function spread(item: unknown): unknown {
  if (Array.isArray(item) || item === null || item === undefined) return item;
  return typeof (Object(item) as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
    ? Array.from(item as Iterable<unknown>)
    : item;
}
