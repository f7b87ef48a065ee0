import type { Failure } from '../../engine/failure';
import { launcherOf } from '../../engine/launchers';
import { threadIdentity } from '../../engine/thread_identity';
import type { Initializer } from '../../pool/types';
import { cpu_count } from '../../util/cpu_count';
import { bindThreadPool, checkInitializer, checkMaxWorkers } from './arguments';
import { BrokenThreadPool } from './errors';
import { errorOf, startError } from './failures';
import { WorkerExecutor } from './worker_executor';

export interface ThreadPoolOptions {
  /** How many threads at most. @default `min(32, cpu_count() + 4)` */
  readonly max_workers?: number | null;
  /** Threads are named `<prefix>_0`, `<prefix>_1` …. @default `ThreadPoolExecutor-<k>` */
  readonly thread_name_prefix?: string | null;
  /** Called in each thread before its first call; it may be async. */
  readonly initializer?: Initializer | null;
  /** The arguments of `initializer`. */
  readonly initargs?: Iterable<unknown> | null;
}

/** Executors made without a prefix. */
let unnamed = 0;

/**
 * Runs calls in threads, started when there is work for them.
 *
 * Python's `ThreadPoolExecutor`, on `worker_threads`: they run truly in parallel, and share memory only through
 * SharedArrayBuffers; arguments and results are copied. `process.exit()` in a call ends its thread: that call fails
 * with WorkerLostError and the executor goes on.
 *
 * @example
 * await using executor = new ThreadPoolExecutor({ max_workers: 3 });
 * for await (const text of executor.map((url: string) => fetch(url).then((r) => r.text()), urls)) console.log(text);
 */
export class ThreadPoolExecutor extends WorkerExecutor {
  /**
   * Starts nothing yet.
   *
   * @param max_workers - how many threads at most. @default `min(32, cpu_count() + 4)`
   * @param thread_name_prefix - threads are named `<prefix>_0` and so on. @default `ThreadPoolExecutor-<k>`
   * @param initializer - called in each thread before its first call. One that throws breaks the executor.
   * @param initargs - the arguments of `initializer`.
   * @throws ValueError for `max_workers` of 0 or less.
   * @throws TypeError for an initializer that is no function, or an unknown keyword.
   * @throws PicklingError for an initializer or `initargs` that cannot be sent.
   */
  constructor(options?: ThreadPoolOptions);
  constructor(max_workers: number | null | undefined, options?: Omit<ThreadPoolOptions, 'max_workers'>);
  constructor(
    max_workers: number | null | undefined,
    thread_name_prefix: string | null | undefined,
    options?: Pick<ThreadPoolOptions, 'initializer' | 'initargs'>,
  );
  constructor(
    max_workers: number | null | undefined,
    thread_name_prefix: string | null | undefined,
    initializer: Initializer | null | undefined,
    options?: Pick<ThreadPoolOptions, 'initargs'>,
  );
  constructor(
    max_workers?: number | null,
    thread_name_prefix?: string | null,
    initializer?: Initializer | null,
    initargs?: Iterable<unknown> | null,
  );
  constructor(...args: unknown[]) {
    const given = bindThreadPool(args);
    const size = checkMaxWorkers(given.max_workers, () => Math.min(32, cpu_count() + 4), false);
    const initializer = checkInitializer(given.initializer);
    const prefix = checkPrefix(given.thread_name_prefix) || `ThreadPoolExecutor-${unnamed++}`;
    let threads = 0;
    super({
      launcher: launcherOf('thread'),
      size,
      tasksPerWorker: Infinity,
      fragile: false,
      initializer,
      initargs: given.initargs,
      identity: () => threadIdentity(`${prefix}_${threads++}`, false),
      errorOf: (failure) => (failure.kind === 'broken' ? brokenBy(failure) : errorOf(failure)),
      broken: brokenBy,
    });
  }

  /** As in Python, threads take one item at a time whatever is asked for. */
  protected override chunksize(): number {
    return 1;
  }
}

function checkPrefix(prefix: unknown): string {
  if (prefix === null) return '';
  if (typeof prefix !== 'string')
    throw new TypeError(`thread_name_prefix must be a string, not ${typeof prefix}`);
  return prefix;
}

const UNUSABLE = 'A thread initializer failed, the thread pool is not usable anymore';
const NOT_STARTED = 'A worker thread could not be started, the thread pool is not usable anymore';

function brokenBy(failure: Failure): BrokenThreadPool {
  if (failure.kind !== 'broken') return new BrokenThreadPool(UNUSABLE);
  const { cause } = failure;
  return new BrokenThreadPool(cause.kind === 'refused' ? NOT_STARTED : UNUSABLE, {
    cause: startError(cause),
  });
}
