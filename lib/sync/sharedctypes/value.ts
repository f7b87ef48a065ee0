import type { LockOptions, NoLock } from '../../sharedctypes/arguments';
import type { BlockingAcquirable, Synchronized } from '../../sharedctypes/synchronized';
import type { AnyCType, RawValueOf, ReadOf, TypeCode, ViewOfType, WriteOf } from '../../sharedctypes/types';
import { makeValue } from '../../sharedctypes/value';
import { RLock } from '../synchronize/rlock';

/** What {@link Value} of a type gives. */
export type ValueOf<T, L extends BlockingAcquirable = RLock> = Synchronized<
  ReadOf<T>,
  WriteOf<T>,
  ViewOfType<T>,
  L
>;

/**
 * A value of a C type in shared memory, with a lock that blocks, for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Value`; it can be sent with any call, not only when a process is started. Reading and
 * writing `value` does not take the lock.
 *
 * @param typecode_or_type - `'i'`, `'d'` …, or `c_int`, `c_double` …
 * @param value - @default 0
 * @throws TypeError for a type that does not exist, a value that it does not take.
 * @throws AttributeError for a lock that cannot be acquired.
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const counter = Value('i', 5);
 * {
 *   using _ = counter.get_lock().hold(); // with counter.get_lock():
 *   counter.value += 1;
 * }
 */
export function Value<T extends TypeCode | AnyCType>(typecode_or_type: T, options: NoLock): RawValueOf<T>;
export function Value<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  value: WriteOf<T>,
  options: NoLock,
): RawValueOf<T>;
export function Value<T extends TypeCode | AnyCType, L extends BlockingAcquirable = RLock>(
  typecode_or_type: T,
  options?: LockOptions<L>,
): ValueOf<T, L>;
export function Value<T extends TypeCode | AnyCType, L extends BlockingAcquirable = RLock>(
  typecode_or_type: T,
  value: WriteOf<T>,
  options?: LockOptions<L>,
): ValueOf<T, L>;
export function Value(...given: unknown[]): unknown {
  return makeValue(given, () => new RLock());
}
