import { Pool } from './pool';

/**
 * A pool of worker threads of this process: Python's `multiprocessing.pool.ThreadPool`, with everything that
 * {@link Pool} has.
 *
 * Its workers start faster than processes and share the environment, the working directory and the current process.
 * Unlike Python's threads they run in parallel, and share no objects: what is sent is copied, but for the memory of a
 * `SharedArrayBuffer`, which is shared, and of what `transfer` has marked, which is moved.
 *
 * @example
 * using pool = new ThreadPool(4);
 * console.log(pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 */
export class ThreadPool extends Pool {
  protected static override readonly start_method = 'thread';
}
