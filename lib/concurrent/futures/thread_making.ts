import type { Failure } from '../../engine/failure';
import { launcherOf } from '../../engine/launchers';
import { threadIdentity } from '../../engine/thread_identity';
import type { Initializer } from '../../pool/types';
import { cpu_count } from '../../util/cpu_count';
import { bindThreadPool, checkInitializer, checkMaxWorkers } from './arguments';
import { BrokenThreadPool } from './errors';
import type { Making } from './executor_core';
import { errorOf, startError } from './failures';

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

/** What makes a `ThreadPoolExecutor`, from the arguments of its constructor. */
export function threadMaking(args: unknown[]): Making {
  const given = bindThreadPool(args);
  const size = checkMaxWorkers(given.max_workers, () => Math.min(32, cpu_count() + 4), false);
  const initializer = checkInitializer(given.initializer);
  const prefix = checkPrefix(given.thread_name_prefix) || `ThreadPoolExecutor-${unnamed++}`;
  let threads = 0;
  return {
    launcher: launcherOf('thread'),
    size,
    tasksPerWorker: Infinity,
    fragile: false,
    initializer,
    initargs: given.initargs,
    identity: () => threadIdentity(`${prefix}_${threads++}`, false),
    // As in Python, threads take one item at a time whatever is asked for.
    chunksize: () => 1,
    errorOf: (failure) => (failure.kind === 'broken' ? brokenBy(failure) : errorOf(failure)),
    broken: brokenBy,
  };
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
