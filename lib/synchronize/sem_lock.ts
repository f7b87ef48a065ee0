import { patienceOf, type AcquireKeywords } from './acquiring';
import type { Core } from './core';
import { held, type Held } from './held';

/** What a condition finds its lock's machinery by. Of the process: several copies of this package get along. */
export const CORE = Symbol.for('multiprocessing-ts.core');

/** What locks and semaphores have in common. */
export abstract class SemLock {
  /** Not for users: what a condition needs of its lock. */
  readonly [CORE]: Core;

  protected constructor(core: Core) {
    this[CORE] = core;
  }

  /**
   * Resolves to true when it is held, to false if it cannot be had in time.
   *
   * Python's blocks the thread. There too `timeout` does not count without `block`, and less than 0 is 0.
   *
   * @param block - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws OwnerDiedError when the holder of a lock has died with it; it is free again then.
   * @throws TypeError for a `block` that is no integer, or a `timeout` that is no number.
   */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  // Not an async function: what is there is taken without another promise.
  acquire(...args: unknown[]): Promise<boolean> {
    try {
      return this[CORE].acquire(patienceOf(args));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As {@link SemLock.acquire}, but blocks the thread: its timers and promises wait meanwhile. */
  acquireSync(block?: boolean | AcquireKeywords, timeout?: number | null): boolean;
  acquireSync(...args: unknown[]): boolean {
    return this[CORE].acquireSync(patienceOf(args));
  }

  /**
   * Gives it back.
   *
   * @throws ValueError if nobody has it, or a bounded semaphore is full.
   * @throws AssertionError if it is an `RLock` that is not held here.
   */
  release(): void;
  release(...args: unknown[]): void {
    if (args.length > 0) throw new TypeError(`SemLock.release() takes no arguments (${args.length} given)`);
    this[CORE].release();
  }

  /** Would `acquire` have to wait? Python's since 3.14. */
  locked(): boolean {
    return !this[CORE].free;
  }

  /**
   * Acquires it for a block: `using _ = await lock.hold();` is Python's `with lock:`.
   *
   * @throws OwnerDiedError when the holder of a lock has died with it.
   */
  async hold(): Promise<Held> {
    await this.acquire();
    return held(this);
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }

  abstract toString(): string;
}
