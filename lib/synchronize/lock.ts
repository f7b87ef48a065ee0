import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { ValueError } from '../util/exceptions';
import { held, patienceOf, type AcquireKeywords, type Held } from './acquiring';
import { Mutex } from './mutex';
import { nameOfOwner } from './owners';

/**
 * A lock for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Lock`; it can be sent with any call, not only when a process is started. Whoever has it
 * may release it. If its holder dies, one of those who wait gets an `OwnerDiedError`, where Python waits for ever.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const lock = new Lock();
 * await lock.acquire();
 * try {
 *   // one at a time
 * } finally {
 *   lock.release();
 * }
 */
export class Lock {
  static readonly [REDUCE] = {
    reduce: (lock: Lock): SharedBlock => lock.#block.share(),
    rebuild: (shared: SharedBlock): Lock => new Lock(Block.at(shared)),
  };

  readonly #block: Block;
  readonly #mutex: Mutex;

  /** @param block - not for users: where another process has made it. */
  constructor(block?: Block) {
    this.#block = block ?? Block.make(64);
    this.#mutex = new Mutex(this.#block);
  }

  /**
   * Resolves to true when it is held, to false if it cannot be had in time.
   *
   * @param block - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws OwnerDiedError when its holder has died with it; it is free again then.
   */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  acquire(...args: unknown[]): Promise<boolean> {
    return this.#mutex.acquire(patienceOf(args));
  }

  /**
   * Free again, whoever held it.
   *
   * @throws ValueError if nobody does.
   */
  release(): void {
    if (this.#mutex.owner === 0) throw new ValueError('semaphore or lock released too many times');
    this.#mutex.release();
  }

  /** Is it held by anybody? */
  locked(): boolean {
    return this.#mutex.owner !== 0;
  }

  /**
   * Acquires it for a block: `using _ = await lock.hold();` is Python's `with lock:`.
   *
   * @throws OwnerDiedError when its holder has died with it.
   */
  async hold(): Promise<Held> {
    await this.acquire();
    return held(() => {
      this.release();
    });
  }

  /** `<Lock(owner=MainProcess)>` */
  toString(): string {
    return `<Lock(owner=${nameOfOwner(this.#mutex)})>`;
  }
}
