import { types } from 'node:util';
import { OverflowError, ValueError } from '../errors';
import { Block } from '../native/arena';
import { RLock } from '../synchronize/rlock';
import { signature } from '../util/keywords';
import { type_name } from '../util/repr';
import { lockOf, type LockOptions, type NoLock } from './arguments';
import { arrayAt, type AnyCArray, type RawArrayOf } from './carray';
import { wrapper, type Acquirable, type AnyAcquirable, type SynchronizedOf } from './synchronized';
import { typeOf, type AnyCType, type TypeCode, type WriteOf } from './types';

/** What has a length and can be iterated: an array, a typed array, a set, a `range`, a string. */
export type Sized<T> = Iterable<T> & ({ readonly length: number } | { readonly size: number });

const bindRawArray = signature({
  name: 'RawArray',
  defaults: (): { typecode_or_type: unknown; size_or_initializer: unknown } => ({
    typecode_or_type: null,
    size_or_initializer: null,
  }),
  required: 2,
});

const bindArray = signature({
  name: 'Array',
  defaults: (): { typecode_or_type: unknown; size_or_initializer: unknown; lock: unknown } => ({
    typecode_or_type: null,
    size_or_initializer: null,
    lock: true,
  }),
  required: 2,
  keywordOnly: ['lock'],
});

function make(typecode: unknown, given: unknown): AnyCArray {
  const type = typeOf(typecode);
  const size = sizeOf(given);
  if (size !== null) return arrayAt(type, Block.make(size * type.size), size);
  const values = listOf(given);
  const block = Block.make(values.length * type.size);
  type.cells(block.piece, values.length).fill(values as ArrayLike<never>);
  return arrayAt(type, block, values.length);
}

/** `null` for what is no integer. */
function sizeOf(given: unknown): number | null {
  if (typeof given !== 'bigint' && typeof given !== 'boolean' && !Number.isInteger(given)) return null;
  const size = Number(given);
  if (!Number.isSafeInteger(size)) throw new OverflowError("cannot fit 'int' into an index-sized integer");
  if (size < 0) throw new ValueError(`Array length must be >= 0, not ${size}`);
  return size;
}

/** @throws TypeError for what does not know how much it is. */
function listOf(given: unknown): ArrayLike<unknown> {
  if (typeof given === 'string' || globalThis.Array.isArray(given) || types.isTypedArray(given)) {
    return typeof given === 'string' ? globalThis.Array.from(given) : (given as ArrayLike<unknown>);
  }
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    if ('length' in given || 'size' in given) return globalThis.Array.from(given as Iterable<unknown>);
  }
  const kind = types.isGeneratorObject(given) ? 'generator' : type_name(given);
  throw new TypeError(`object of type '${kind}' has no len()`);
}

/**
 * Values of a C type in shared memory, without a lock, for all processes and threads that they are sent to.
 *
 * Python's `multiprocessing.RawArray`; it can be sent with any call, not only when a process is started.
 *
 * @param typecode_or_type - `'i'`, `'d'` …, or `c_int`, `c_double` …
 * @param size_or_initializer - how many, all zero; or the values.
 * @throws TypeError for a type that does not exist, a value that it does not take.
 * @throws ValueError for fewer than 0.
 * @throws MemoryError when there is no memory left.
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const numbers = RawArray('d', [1.5, 2]);
 * numbers[0] = 3;
 * numbers.slice(); // [3, 2]
 */
export function RawArray<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  size_or_initializer: number | Sized<WriteOf<T>>,
): RawArrayOf<T>;
export function RawArray(...given: unknown[]): unknown {
  const { typecode_or_type, size_or_initializer } = bindRawArray(given);
  return make(typecode_or_type, size_or_initializer);
}

/** What {@link Array} of a type gives. */
export type ArrayOf<T, L extends Acquirable = RLock> = SynchronizedOf<RawArrayOf<T>, L>;

/**
 * Values of a C type in shared memory, with a lock, for all processes and threads that they are sent to.
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
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const numbers = Array('i', [1, 2, 3]);
 * numbers[-1] = 9;
 * numbers.slice(1); // [2, 9]
 * numbers.buffer.fill(7); // an Int32Array
 */
export function Array<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  size_or_initializer: number | Sized<WriteOf<T>>,
  options: NoLock,
): RawArrayOf<T>;
export function Array<T extends TypeCode | AnyCType, L extends Acquirable = RLock>(
  typecode_or_type: T,
  size_or_initializer: number | Sized<WriteOf<T>>,
  options?: LockOptions<L>,
): ArrayOf<T, L>;
export function Array(...given: unknown[]): unknown {
  return makeArray(given, () => new RLock());
}

/** {@link Array}, with what makes its lock. */
export function makeArray(given: readonly unknown[], makeLock: () => AnyAcquirable): unknown {
  const { typecode_or_type, size_or_initializer, lock } = bindArray(given);
  const array = make(typecode_or_type, size_or_initializer);
  const guard = lockOf(lock, makeLock);
  return guard === null ? array : wrapper(array, guard);
}
