import { patienceOf, type AcquireKeywords } from '../../synchronize/acquiring';
import { held, type Held } from '../../synchronize/held';
import { CORE, type SemLock as AsyncSemLock } from '../../synchronize/sem_lock';

/** What waits in the classes of the facade with promises. */
type Waits = 'acquire' | 'acquireSync' | 'hold';

/** How locks and semaphores of this facade wait. */
export interface Blocks {
  /**
   * True when it is held, false if it could not be had in time.
   *
   * As in Python. Results of pools arrive and callbacks run meanwhile.
   *
   * @param block - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws OwnerDiedError when the holder of a lock has died with it; it is free again then.
   * @throws TypeError for a `block` that is no integer, or a `timeout` that is no number.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
   */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): boolean;

  /**
   * Acquires it for a block: `using _ = lock.hold();` is Python's `with lock:`.
   *
   * @throws OwnerDiedError when the holder of a lock has died with it.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
   */
  hold(): Held;

  /** Python's `repr`. */
  toString(): string;
}

/** A class of the facade with promises, with methods that block in the place of those that wait. */
export type Blocking<C extends AsyncSemLock> = Omit<C, Waits | 'toString'> & Blocks;

/** What locks and semaphores have in common. */
export type SemLock = Blocking<AsyncSemLock>;

type AnyClass<T> = new (...args: unknown[]) => T;

/** The class that blocks: whatever does not wait is that of the other facade. */
export function blocking<C extends AsyncSemLock, A extends unknown[]>(
  Class: new (...args: A) => C,
): new (...args: A) => Blocking<C> {
  const Base = Class as unknown as AnyClass<Omit<AsyncSemLock, Waits>>;
  const Made: AnyClass<SemLock> = class extends Base implements Blocks {
    acquire(...args: unknown[]): boolean {
      return this[CORE].acquireSync(patienceOf(args));
    }

    hold(): Held {
      this[CORE].acquireSync(null);
      return held(this);
    }
  };
  return Made as unknown as new (...args: A) => Blocking<C>;
}
