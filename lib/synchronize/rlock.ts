import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { RecursiveMutex } from './mutex';
import { nameOfOwner } from './owners';
import { ownBlock } from './own_block';
import { SemLock } from './sem_lock';

/**
 * A lock that its holder may acquire again: it is free when it was released as often.
 *
 * Python's `multiprocessing.RLock`. The holder is a process, or a thread of one: all async functions that run in it
 * at the same time hold it together, as coroutines of one thread do in Python. Between them, use a `Lock`.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const lock = new RLock();
 * await lock.acquire();
 * await lock.acquire();
 * console.log(String(lock)); // <RLock(MainProcess, 2)>
 */
export class RLock extends SemLock {
  static readonly [REDUCE] = {
    reduce: (lock: RLock): SharedBlock => lock.#mutex.block.share(),
    rebuild: (shared: SharedBlock): RLock => new (RLock as new (block: Block) => RLock)(Block.at(shared)),
  };

  readonly #mutex: RecursiveMutex;

  constructor();
  constructor(...args: unknown[]) {
    const mutex = new RecursiveMutex(ownBlock('RLock', args));
    super(mutex);
    this.#mutex = mutex;
  }

  /** `<RLock(MainProcess, 2)>` */
  override toString(): string {
    const { isMine, owner, count } = this.#mutex;
    return `<RLock(${nameOfOwner(this.#mutex)}, ${isMine || owner === 0 ? count : 'nonzero'})>`;
  }
}
