import { ValueError } from '../../errors';
import { isAsyncIterable } from '../../pool/arguments';
import type { Initializer } from '../../pool/types';
import { signature } from '../../util/keywords';

type Given<Names extends string> = Record<Names, unknown>;

/** The parameters of the constructors, in Python's order. */
export const bindProcessPool = signature({
  name: 'ProcessPoolExecutor',
  defaults: (): Given<'max_workers' | 'mp_context' | 'initializer' | 'initargs' | 'max_tasks_per_child'> => ({
    max_workers: null,
    mp_context: null,
    initializer: null,
    initargs: null,
    max_tasks_per_child: null,
  }),
  keywordOnly: ['max_tasks_per_child'],
});

export const bindThreadPool = signature({
  name: 'ThreadPoolExecutor',
  defaults: (): Given<'max_workers' | 'thread_name_prefix' | 'initializer' | 'initargs'> => ({
    max_workers: null,
    thread_name_prefix: null,
    initializer: null,
    initargs: null,
  }),
});

export const bindShutdown = signature({
  name: 'shutdown',
  defaults: (): Given<'wait' | 'cancel_futures'> => ({ wait: true, cancel_futures: false }),
  keywordOnly: ['cancel_futures'],
});

/** @param wholeOnly - fractions are a TypeError; else they count as one more worker, as in Python. */
export function checkMaxWorkers(value: unknown, byDefault: () => number, wholeOnly: boolean): number {
  if (value === null || value === undefined) return byDefault();
  if ((typeof value !== 'number' && typeof value !== 'boolean') || Number.isNaN(value)) {
    throw new TypeError(`max_workers must be an integer, not ${typeof value}`);
  }
  const workers = Number(value);
  if (workers <= 0) throw new ValueError('max_workers must be greater than 0');
  if (wholeOnly && !Number.isInteger(workers)) {
    throw new TypeError(`max_workers must be an integer, not ${workers}`);
  }
  return Math.ceil(workers);
}

export function checkMaxTasks(value: unknown): number {
  if (value === null || value === undefined) return Infinity;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError('max_tasks_per_child must be an integer');
  }
  if (value <= 0) throw new ValueError('max_tasks_per_child must be >= 1');
  return value;
}

export function checkInitializer(value: unknown): Initializer | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'function') throw new TypeError('initializer must be a callable');
  return value as Initializer;
}

// ---------------------------------------------------------------------- map

/** Keywords of {@link Executor.map}. */
export interface MapOptions {
  /** Seconds from the call until all results must be there. @default for ever */
  readonly timeout?: number | null;
  /** Items that travel together to a process. @default 1 */
  readonly chunksize?: number | null;
  /** At most so many steps are submitted and not yet read. @default no bound: the input is taken whole, at once */
  readonly buffersize?: number | null;
  /** Aborts the map: what is queued is dropped, what runs is killed. */
  readonly signal?: AbortSignal | null;
}

export type MapGiven = Required<MapOptions> & { readonly iterables: readonly unknown[] };

const MAP_OPTIONS = ['timeout', 'chunksize', 'buffersize', 'signal'];

/** Inputs can be iterated and options cannot: that tells them apart. */
export function bindMap(args: readonly unknown[]): MapGiven {
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !isIterable(last);
  const iterables = hasOptions ? args.slice(0, -1) : args;
  const options = (hasOptions ? last : {}) as MapOptions;
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.includes(key)) {
      throw new TypeError(`map() got an unexpected keyword argument '${key}'`);
    }
  }
  for (const each of iterables) {
    if (each === null || each === undefined || !isIterable(Object(each) as object)) {
      throw new TypeError(`'${each === null ? 'null' : typeof each}' object is not iterable`);
    }
  }
  const { timeout = null, chunksize = null, buffersize = null, signal = null } = options;
  if (timeout !== null && (typeof timeout !== 'number' || Number.isNaN(timeout))) {
    throw new TypeError(`timeout must be a number of seconds, not ${typeof timeout}`);
  }
  if (buffersize !== null) {
    if (!Number.isInteger(buffersize)) throw new TypeError('buffersize must be an integer or None');
    if (buffersize < 1) throw new ValueError('buffersize must be None or > 0');
  }
  return {
    iterables,
    timeout,
    chunksize,
    buffersize: buffersize,
    signal,
  };
}

export function checkChunksize(value: number | null): number {
  if (value === null) return 1;
  if (typeof value !== 'number') throw new TypeError(`chunksize must be an integer, not ${typeof value}`);
  if (value < 1) throw new ValueError('chunksize must be >= 1.');
  if (!Number.isInteger(value)) throw new TypeError(`chunksize must be an integer, not ${value}`);
  return value;
}

const isIterable = (value: object): boolean =>
  typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function' || isAsyncIterable(value);
