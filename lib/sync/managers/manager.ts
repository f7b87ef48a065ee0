import { SyncManager } from './sync_manager';

/**
 * Starts a process that holds shared objects, and returns its manager when it is ready.
 *
 * Python's `multiprocessing.Manager()`. The process ends with this one, or by `shutdown`, or where `using` ends.
 *
 * @example
 * using manager = Manager();
 * const dict = manager.dict<number, number>();
 * using pool = new Pool(4);
 * pool.map((i: number) => { dict[i] = i * i; }, [1, 2, 3]);
 */
export function Manager(): SyncManager {
  return new SyncManager().start();
}
