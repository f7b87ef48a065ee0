import type { Failure } from '../../engine/failure';
import { defaultMethod, launcherOf, type StartMethod } from '../../engine/launchers';
import { workerIdentity } from '../../engine/process_identity';
import { threadIdentity } from '../../engine/thread_identity';
import type { Initializer } from '../../pool/types';
import { cpu_count } from '../../util/cpu_count';
import { nextThreadNumber } from '../../util/process_counter';
import {
  bindProcessPool,
  checkChunksize,
  checkInitializer,
  checkMaxTasks,
  checkMaxWorkers,
} from './arguments';
import { BrokenProcessPool } from './errors';
import { errorOf, wordsFor } from './failures';
import { WorkerExecutor } from './worker_executor';

/** What says how workers are started: what `get_context` gives. */
export interface StartContext {
  get_start_method(): StartMethod;
}

export interface ProcessPoolOptions {
  /** How many processes at most. @default `cpu_count()` */
  readonly max_workers?: number | null;
  /** How they are started. @default the start method in use */
  readonly mp_context?: StartContext | null;
  /** Called in each process before its first call; it may be async. */
  readonly initializer?: Initializer | null;
  /** The arguments of `initializer`. */
  readonly initargs?: Iterable<unknown> | null;
  /** Calls, or chunks of a map, that a process runs before a fresh one replaces it. @default no end */
  readonly max_tasks_per_child?: number | null;
}

/**
 * Runs calls in processes, started when there is work for them.
 *
 * Python's `ProcessPoolExecutor`. Any function can be sent, with the variables it uses. A process that dies breaks
 * the executor, as in Python; one that is killed for a `timeout` or an aborted `signal` does not. `process.exit()` in
 * a call is such a death (Python's `sys.exit()` is an exception there; so is `SystemExit` here).
 *
 * @example
 * await using executor = new ProcessPoolExecutor(4);
 * const future = executor.submit((x: number) => x * x, 7);
 * console.log(await future.result()); // 49
 */
export class ProcessPoolExecutor extends WorkerExecutor {
  /**
   * Starts nothing yet.
   *
   * @param max_workers - how many processes at most. @default `cpu_count()`
   * @param mp_context - what `get_context` gives. @default the start method in use
   * @param initializer - called in each process before its first call. One that throws breaks the executor.
   * @param initargs - the arguments of `initializer`.
   * @param options - `max_tasks_per_child`: calls (or chunks of a map) before a fresh process replaces one.
   * @throws ValueError for `max_workers` of 0 or less, or `max_tasks_per_child` below 1.
   * @throws TypeError for fractions, an initializer that is no function, or an unknown keyword.
   * @throws PicklingError for an initializer or `initargs` that cannot be sent.
   */
  constructor(options?: ProcessPoolOptions);
  constructor(max_workers: number | null | undefined, options?: Omit<ProcessPoolOptions, 'max_workers'>);
  constructor(
    max_workers: number | null | undefined,
    mp_context: StartContext | null | undefined,
    options?: Omit<ProcessPoolOptions, 'max_workers' | 'mp_context'>,
  );
  constructor(
    max_workers: number | null | undefined,
    mp_context: StartContext | null | undefined,
    initializer: Initializer | null | undefined,
    options?: Pick<ProcessPoolOptions, 'initargs' | 'max_tasks_per_child'>,
  );
  constructor(
    max_workers: number | null | undefined,
    mp_context: StartContext | null | undefined,
    initializer: Initializer | null | undefined,
    initargs: Iterable<unknown> | null | undefined,
    options?: Pick<ProcessPoolOptions, 'max_tasks_per_child'>,
  );
  constructor(...args: unknown[]) {
    const given = bindProcessPool(args);
    const method = methodOf(given.mp_context);
    super({
      launcher: launcherOf(method),
      size: checkMaxWorkers(given.max_workers, cpu_count, true),
      tasksPerWorker: checkMaxTasks(given.max_tasks_per_child),
      fragile: true,
      initializer: checkInitializer(given.initializer),
      initargs: given.initargs,
      identity:
        method === 'spawn'
          ? () => workerIdentity('SpawnProcess', false)
          : () => threadIdentity(`Thread-${nextThreadNumber()} (worker)`, false),
      errorOf: brokenBy,
      broken: (failure) => new BrokenProcessPool(UNUSABLE, { cause: brokenBy(failure) }),
    });
  }

  protected override chunksize(given: number | null): number {
    return checkChunksize(given);
  }

  /**
   * Ends the executor and its processes (SIGTERM, then SIGKILL after a moment): what has not started is cancelled,
   * what runs fails with BrokenProcessPool. Does not wait: `shutdown()` does.
   */
  terminate_workers(): void {
    this.end(false);
  }

  /** As `terminate_workers`, with SIGKILL at once. */
  kill_workers(): void {
    this.end(true);
  }
}

const UNUSABLE = 'A child process terminated abruptly, the process pool is not usable anymore';
const ABRUPTLY =
  'A process in the process pool was terminated abruptly while the future was running or pending.';
const NOT_STARTED = 'A worker process could not be started, the process pool is not usable anymore';

/** One error for each future, as Python has from 3.15 on: a shared one would gather the stacks of all who wait. */
function brokenBy(failure: Failure): unknown {
  switch (failure.kind) {
    case 'crashed':
    case 'lost':
      return new BrokenProcessPool(`${ABRUPTLY} ${wordsFor(failure.exit)}`);
    case 'terminated':
      return new BrokenProcessPool(ABRUPTLY);
    case 'broken': {
      const { cause } = failure;
      if (cause.kind === 'exited') return new BrokenProcessPool(`${ABRUPTLY} ${wordsFor(cause.exit)}`);
      return new BrokenProcessPool(cause.kind === 'threw' ? ABRUPTLY : NOT_STARTED, { cause: cause.error });
    }
    default:
      return errorOf(failure);
  }
}

function methodOf(context: unknown): StartMethod {
  if (context === null) return defaultMethod();
  const method = (context as Partial<StartContext>).get_start_method;
  if (typeof method !== 'function') {
    throw new TypeError('mp_context must be a context: what get_context() gives');
  }
  return method.call(context);
}
