import { Block, type SharedBlock } from '../../native/arena';
import { REDUCE } from '../../reduction/registry';
import { RLock as AsyncRLock } from '../../synchronize/rlock';
import { blocking } from './sem_lock';

/**
 * A lock that its holder, a process or a thread of one, may acquire again: it is free when it was released as often.
 *
 * Python's `multiprocessing.RLock`. All callbacks that run while a thread blocks hold it together with that thread.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const lock = new RLock();
 * lock.acquire();
 * lock.acquire();
 * console.log(String(lock)); // <RLock(MainProcess, 2)>
 */
export class RLock extends blocking(AsyncRLock) {
  static readonly [REDUCE] = {
    reduce: AsyncRLock[REDUCE].reduce as unknown as (lock: RLock) => SharedBlock,
    rebuild: (shared: SharedBlock): RLock => new (RLock as new (block: Block) => RLock)(Block.at(shared)),
  };
}
