import {
  wrapper,
  type BlockingAcquirable,
  type SynchronizedOf,
  type Wrapped,
} from '../../sharedctypes/synchronized';
import { RLock } from '../synchronize/rlock';

/**
 * Puts a lock that blocks beside a value or an array that has none.
 *
 * Python's `sharedctypes.synchronized`.
 *
 * @param lock - @default a new `RLock`
 * @throws AssertionError if it has one already.
 * @throws AttributeError for what is no shared object, and for a lock that cannot be acquired.
 * @example
 * const counter = synchronized(RawValue('i'));
 */
export function synchronized<O extends Wrapped, L extends BlockingAcquirable = RLock>(
  obj: O,
  lock?: L | null,
): SynchronizedOf<O, L>;
export function synchronized(obj: unknown, lock?: BlockingAcquirable | null): unknown {
  return wrapper(obj, lock ?? new RLock());
}
