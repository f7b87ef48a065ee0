import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { AssertionError } from '../util/exceptions';
import { held, patienceOf, type AcquireKeywords, type Held } from './acquiring';
import { Mutex } from './mutex';
import { nameOfOwner } from './owners';

/** The word that counts how often it was acquired. */
const COUNT = 2;

/**
 * A lock that its holder may acquire again: it is free when it was released as often.
 *
 * Python's `multiprocessing.RLock`. The holder is a process, or a thread of one: all async functions that run in it
 * at the same time hold it together, as coroutines of one thread do in Python. Between them, use a `Lock`.
 *
 * @throws NotImplementedError where processes cannot share memory.
 */
export class RLock {
  static readonly [REDUCE] = {
    reduce: (lock: RLock): SharedBlock => lock.#block.share(),
    rebuild: (shared: SharedBlock): RLock => new RLock(Block.at(shared)),
  };

  readonly #block: Block;
  readonly #mutex: Mutex;

  /** @param block - not for users: where another process has made it. */
  constructor(block?: Block) {
    this.#block = block ?? Block.make(64);
    this.#mutex = new Mutex(this.#block);
  }

  /**
   * Resolves to true when it is held, once more if it was; to false if it cannot be had in time.
   *
   * @param block - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws OwnerDiedError when its holder has died with it; it is free again then.
   */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  acquire(...args: unknown[]): Promise<boolean> {
    const patience = patienceOf(args);
    if (this.try()) return Promise.resolve(true);
    return this.#wait(patience);
  }

  async #wait(patience: number | null): Promise<boolean> {
    if (!(await this.#mutex.acquire(patience))) return false;
    Atomics.store(this.#block.words, COUNT, 1);
    return true;
  }

  /** Not for users: acquires it if that needs no waiting. */
  try(): boolean {
    const { words } = this.#block;
    if (this.isOwned()) {
      Atomics.add(words, COUNT, 1);
      return true;
    }
    if (!this.#mutex.try()) return false;
    Atomics.store(words, COUNT, 1);
    return true;
  }

  /** Not for users: is it held here? */
  isOwned(): boolean {
    return this.#mutex.owner === this.#mutex.me;
  }

  /**
   * Gives it back once.
   *
   * @throws AssertionError if it is not held here.
   */
  release(): void {
    if (!this.isOwned()) {
      throw new AssertionError('attempt to release recursive lock not owned by thread');
    }
    if (Atomics.sub(this.#block.words, COUNT, 1) === 1) this.#mutex.release();
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

  /** `<RLock(MainProcess, 2)>` */
  toString(): string {
    const name = nameOfOwner(this.#mutex);
    const count = name === 'SomeOtherProcess' ? 'nonzero' : Atomics.load(this.#block.words, COUNT);
    return `<RLock(${name}, ${count})>`;
  }
}
