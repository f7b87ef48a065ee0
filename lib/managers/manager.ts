import { SyncManager } from './sync_manager';

/**
 * Starts a process that holds shared objects. Resolves to its manager.
 *
 * Python's `multiprocessing.Manager()`. The process ends with this one, or by `shutdown`, or where `await using` ends.
 *
 * @example
 * await using manager = await Manager();
 * const dict = await manager.dict();
 * await using pool = new Pool(4);
 * await pool.map(async (i: number) => { await dict.set(i, i * i); }, [1, 2, 3]);
 */
export async function Manager(): Promise<SyncManager> {
  return await new SyncManager().start();
}
