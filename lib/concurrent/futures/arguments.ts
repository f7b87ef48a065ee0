import { ValueError } from '../../errors';
import { checkOptions, isAsyncIterable } from '../../pool/arguments';
import { checkSeconds } from '../../util/timeout';
import type { Initializer } from '../../pool/types';
import { isPlain, signature } from '../../util/keywords';
import { kindOf } from '../../util/kind_of';

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
  objects: ['mp_context'],
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

export const bindOptions = signature({
  name: 'with_options',
  defaults: (): Given<'timeout' | 'signal'> => ({ timeout: null, signal: null }),
  keywordOnly: ['timeout', 'signal'],
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
  // Python's integers, of which `True` is one.
  const tasks = typeof value === 'boolean' ? Number(value) : value;
  if (typeof tasks !== 'number' || !Number.isInteger(tasks)) {
    throw new TypeError('max_tasks_per_child must be an integer');
  }
  if (tasks <= 0) throw new ValueError('max_tasks_per_child must be >= 1');
  return tasks;
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

/**
 * Options are a plain object at the end, and no plain object can be iterated: that tells them from the inputs. What
 * is neither, such as a promise of a list, is a mistake.
 */
export function bindMap(args: readonly unknown[]): MapGiven {
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && isPlain(last);
  const iterables = hasOptions ? args.slice(0, -1) : args;
  const options = (hasOptions ? last : {}) as MapOptions;
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.includes(key)) {
      throw new TypeError(`map() got an unexpected keyword argument '${key}'`);
    }
  }
  for (const each of iterables) {
    if (!isIterable(each)) throw new TypeError(`'${kindOf(each)}' object is not iterable`);
  }
  const { timeout = null, chunksize = null, buffersize = null, signal = null } = options;
  return {
    iterables,
    timeout: checkSeconds(timeout),
    chunksize,
    buffersize: checkBuffersize(buffersize),
    signal: checkOptions({ timeout: null, signal }).signal,
  };
}

function checkBuffersize(value: unknown): number | null {
  if (value === null) return null;
  const steps = typeof value === 'boolean' ? Number(value) : value;
  if (typeof steps !== 'number' || !Number.isInteger(steps)) {
    throw new TypeError('buffersize must be an integer or None');
  }
  if (steps < 1) throw new ValueError('buffersize must be None or > 0');
  return steps;
}

export function checkChunksize(value: unknown): number {
  if (value === null) return 1;
  const items = typeof value === 'boolean' ? Number(value) : value;
  if (typeof items !== 'number') throw new TypeError(`chunksize must be an integer, not ${typeof items}`);
  if (items < 1) throw new ValueError('chunksize must be >= 1.');
  if (!Number.isInteger(items)) throw new TypeError(`chunksize must be an integer, not ${items}`);
  return items;
}

const isIterable = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  (typeof (Object(value) as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function' ||
    isAsyncIterable(value));
