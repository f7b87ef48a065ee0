import type { LockOptions, NoLock } from '../../sharedctypes/arguments';
import { makeArray, type Sized } from '../../sharedctypes/array';
import type { RawArrayOf } from '../../sharedctypes/carray';
import type { BlockingAcquirable, SynchronizedOf } from '../../sharedctypes/synchronized';
import type { AnyCType, TypeCode, WriteOf } from '../../sharedctypes/types';
import { RLock } from '../synchronize/rlock';

/** What {@link Array} of a type gives. */
export type ArrayOf<T, L extends BlockingAcquirable = RLock> = SynchronizedOf<RawArrayOf<T>, L>;

/**
 * Values of a C type in shared memory, with a lock that blocks, for all processes and threads that they are sent to.
 *
 * Python's `multiprocessing.Array`; it can be sent with any call, not only when a process is started. Items and slices
 * do not take the lock. `buffer` is the memory itself as a typed array, for code that is to be fast.
 *
 * @param typecode_or_type - `'i'`, `'d'` …, or `c_int`, `c_double` …
 * @param size_or_initializer - how many, all zero; or the values.
 * @throws TypeError for a type that does not exist, a value that it does not take.
 * @throws ValueError for fewer than 0.
 * @throws AttributeError for a lock that cannot be acquired.
 * @throws MemoryError when there is no memory left.
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const numbers = Array('i', [1, 2, 3]);
 * {
 *   using _ = numbers.hold(); // with numbers:
 *   numbers[0] += numbers[-1];
 * }
 */
export function Array<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  size_or_initializer: number | Sized<WriteOf<T>>,
  options: NoLock,
): RawArrayOf<T>;
export function Array<T extends TypeCode | AnyCType, L extends BlockingAcquirable = RLock>(
  typecode_or_type: T,
  size_or_initializer: number | Sized<WriteOf<T>>,
  options?: LockOptions<L>,
): ArrayOf<T, L>;
export function Array(...given: unknown[]): unknown {
  return makeArray(given, () => new RLock());
}
