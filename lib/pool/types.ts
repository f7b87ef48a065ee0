/** What the calls of a pool take: options by keyword, and callbacks. */

/** A function whose parameters the call does not tell. */
export type AnyCallable<R> = (...args: never[]) => R;

export type Initializer = AnyCallable<unknown>;

/** May return a promise; it is awaited before the next callback runs. */
export type Callback<T> = (value: T) => unknown;
export type ErrorCallback = {
  /** A method, so that one that takes an `Error` is taken as well. */
  callback(error: unknown): unknown;
}['callback'];

export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

export interface PoolOptions {
  /** How many workers. @default `cpu_count()` */
  readonly processes?: number | null;
  /** Called in each worker before its first task; it may be async. */
  readonly initializer?: Initializer | null;
  /** The arguments of `initializer`. */
  readonly initargs?: Iterable<unknown> | null;
  /** Tasks a worker runs before a fresh one replaces it. @default no end */
  readonly maxtasksperchild?: number | null;
}

/** Keywords of every submitting call; Python has none of them. */
export interface CallKeywords {
  /** Seconds each item may run, counted from its start; then its worker is killed. @default no end */
  readonly timeout?: number | null;
  /** Aborts the call: what is queued is dropped, what runs is killed. */
  readonly signal?: AbortSignal | null;
}

export interface CallbackKeywords<T> extends CallKeywords {
  readonly callback?: Callback<T> | null;
  readonly error_callback?: ErrorCallback | null;
}

/** Keywords for the function: an object that is not keywords of the call itself, which go as `{ kwds }`. */
export type Kwds<K extends object, Reserved> = K &
  ([keyof K] extends [never] ? unknown : [keyof K] extends [Reserved] ? never : unknown);
export type ApplyReserved = keyof ApplyKeywords<[]>;
export type ApplyAsyncReserved = keyof ApplyAsyncKeywords<[], unknown>;
/** No keywords, as ported code writes it. */
export type NoKwds = Readonly<Record<string, never>> | null;

export interface ApplyKeywords<A extends readonly unknown[], K = NoKwds> extends CallKeywords {
  readonly args?: Readonly<A> | null;
  readonly kwds?: K | null;
}

export interface ApplyAsyncKeywords<A extends readonly unknown[], R, K = NoKwds> extends CallbackKeywords<R> {
  readonly args?: Readonly<A> | null;
  readonly kwds?: K | null;
}

export interface MapKeywords extends CallKeywords {
  /** Items that travel together. @default the input in four chunks per worker */
  readonly chunksize?: number | null;
}

export interface MapAsyncKeywords<T> extends CallbackKeywords<T[]> {
  /** Items that travel together. @default the input in four chunks per worker */
  readonly chunksize?: number | null;
}

export interface ImapKeywords extends CallKeywords {
  /** Items that travel together. @default 1 */
  readonly chunksize?: number | null;
  /** At most so many items are submitted and not yet read. @default no bound */
  readonly buffersize?: number | null;
}
