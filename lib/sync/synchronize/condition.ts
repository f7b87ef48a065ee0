import { REDUCE } from '../../reduction/registry';
import type { AcquireKeywords, WaitKeywords } from '../../synchronize/acquiring';
import { Condition as AsyncCondition, conditionOf, type SharedCondition } from '../../synchronize/condition';
import { held, type Held } from '../../synchronize/held';
import type { SemLock } from './sem_lock';

/** What waits in the class of the facade with promises. */
type Waits = 'acquire' | 'acquireSync' | 'hold' | 'wait' | 'waitSync' | 'wait_for' | 'waitForSync';

/** At run time it is the class of the facade with promises; the methods that wait are overridden. */
const Base = AsyncCondition as unknown as new (
  lock?: SemLock | null | { readonly lock?: SemLock | null },
) => Base;
type Base = Omit<AsyncCondition, Waits>;
const asyncOf = (condition: Condition): AsyncCondition => condition as unknown as AsyncCondition;

/**
 * Waits until another process or thread says that something has changed.
 *
 * Python's `multiprocessing.Condition`. `notify` wakes those who wait in the order in which they came, and does not
 * wait for them to wake, as Python's does; whoever died while it waited is passed over.
 *
 * @param lock - a `Lock`, an `RLock` or a semaphore. @default a new `RLock`
 * @throws TypeError for anything else.
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const condition = new Condition();
 * {
 *   using _ = condition.hold();
 *   condition.wait(1); // false: nobody notifies
 * }
 */
export class Condition extends Base {
  static readonly [REDUCE] = {
    reduce: AsyncCondition[REDUCE].reduce as unknown as (condition: Condition) => SharedCondition,
    rebuild: (shared: SharedCondition): Condition => conditionOf(shared, Condition),
  };

  /** Acquires its lock, see {@link Lock.acquire}. */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): boolean;
  acquire(...args: []): boolean {
    return asyncOf(this).acquireSync(...args);
  }

  /**
   * Acquires its lock for a block: `using _ = condition.hold();` is Python's `with condition:`.
   *
   * @throws OwnerDiedError when the holder of the lock has died with it.
   */
  hold(): Held {
    asyncOf(this).acquireSync();
    return held(this);
  }

  /**
   * Gives up the lock, all of it, waits until it is notified, and takes the lock back as often as it was held. True if it
   * was notified, false if it was not in time. Results of pools arrive and callbacks run meanwhile.
   *
   * @param timeout - seconds to wait at most; the lock is waited for afterwards however long that takes.
   *   @default for ever
   * @throws AssertionError if the lock is not held here.
   * @throws OwnerDiedError when whoever had the lock meanwhile has died with it; it is held here again then.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT; the lock is held here again then.
   */
  wait(timeout?: number | null | WaitKeywords): boolean;
  wait(...args: []): boolean {
    return asyncOf(this).waitSync(...args);
  }

  /**
   * Waits until `predicate` gives something truthy, and returns that; its last value if it does not in time.
   *
   * @param predicate - called with the lock held, first at once, then whenever we are notified. A promise is a
   *   `TypeError`.
   * @param timeout - seconds to wait at most. @default for ever
   * @throws AssertionError if it has to wait and the lock is not held here.
   */
  wait_for<T>(predicate: () => T, timeout?: number | null | WaitKeywords): T;
  wait_for(...args: [() => unknown]): unknown {
    return asyncOf(this).waitForSync(...args);
  }
}
