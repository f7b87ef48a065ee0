import { Block, type SharedBlock } from '../../native/arena';
import { REDUCE } from '../../reduction/registry';
import { Lock as AsyncLock } from '../../synchronize/lock';
import { blocking } from './sem_lock';

/**
 * A lock for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Lock`; it can be sent with any call, not only when a process is started. If its holder
 * dies, one of those who wait gets an `OwnerDiedError`, where Python waits for ever.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const lock = new Lock();
 * {
 *   using _ = lock.hold();
 *   // one at a time
 * }
 */
export class Lock extends blocking(AsyncLock) {
  static readonly [REDUCE] = {
    reduce: AsyncLock[REDUCE].reduce as unknown as (lock: Lock) => SharedBlock,
    rebuild: (shared: SharedBlock): Lock => new (Lock as new (block: Block) => Lock)(Block.at(shared)),
  };
}
