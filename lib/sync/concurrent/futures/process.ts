import type { Initializer } from '../../../pool/types';
import {
  processMaking,
  type ProcessPoolOptions,
  type StartContext,
} from '../../../concurrent/futures/process_making';
import { WorkerExecutor } from './worker_executor';

/**
 * Runs calls in processes, started when there is work for them.
 *
 * Python's `ProcessPoolExecutor`. Any function can be sent, with the variables it uses. A process that dies breaks
 * the executor, as in Python; one that is killed for a `timeout` or an aborted `signal` does not. `process.exit()` in
 * a call is such a death (Python's `sys.exit()` is an exception there; so is `SystemExit` here).
 *
 * @example
 * using executor = new ProcessPoolExecutor(4);
 * const future = executor.submit((x: number) => x * x, 7);
 * console.log(future.result()); // 49
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
    super(processMaking(args));
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
