import type { Initializer } from '../../pool/types';
import { threadMaking, type ThreadPoolOptions } from './thread_making';
import { WorkerExecutor } from './worker_executor';

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
    super(threadMaking(args));
  }
}
