import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { Mutex } from './mutex';
import { nameOfOwner } from './owners';
import { ownBlock } from './own_block';
import { SemLock } from './sem_lock';

/**
 * A lock for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Lock`; it can be sent with any call, not only when a process is started. Whoever wants to
 * may release it. If its holder dies, one of those who wait gets an `OwnerDiedError`, where Python waits for ever.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const lock = new Lock();
 * {
 *   using _ = await lock.hold();
 *   // one at a time
 * }
 */
export class Lock extends SemLock {
  static readonly [REDUCE] = {
    reduce: (lock: Lock): SharedBlock => lock.#mutex.block.share(),
    rebuild: (shared: SharedBlock): Lock => new (Lock as new (block: Block) => Lock)(Block.at(shared)),
  };

  readonly #mutex: Mutex;

  constructor();
  constructor(...args: unknown[]) {
    const mutex = new Mutex(ownBlock('Lock', args));
    super(mutex);
    this.#mutex = mutex;
  }

  /** `<Lock(owner=MainProcess)>` */
  override toString(): string {
    return `<Lock(owner=${nameOfOwner(this.#mutex)})>`;
  }
}
