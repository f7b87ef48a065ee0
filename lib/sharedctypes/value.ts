import { Block } from '../native/arena';
import { RLock } from '../synchronize/rlock';
import { bindValue, lockOf, type LockOptions, type NoLock } from './arguments';
import { wrapper, type Acquirable, type AnyAcquirable, type Synchronized } from './synchronized';
import {
  typeOf,
  type AnyCData,
  type AnyCType,
  type RawValueOf,
  type ReadOf,
  type TypeCode,
  type ViewOfType,
  type WriteOf,
} from './types';

function make(type: AnyCType, args: readonly unknown[]): AnyCData {
  const data = new type(Block.make(type.size));
  if (args.length > 1) throw new TypeError(`__init__ expected at most 1 argument, got ${args.length}`);
  if (args.length === 1) data.value = args[0];
  return data;
}

/**
 * A value of a C type in shared memory, without a lock, for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.RawValue`; it can be sent with any call, not only when a process is started.
 *
 * @param typecode_or_type - `'i'`, `'d'` …, or `c_int`, `c_double` …
 * @param value - @default 0
 * @throws TypeError for a type that does not exist, a value that it does not take.
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const total = RawValue('d', 1.5);
 * total.value; // 1.5
 */
export function RawValue<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  value?: WriteOf<T>,
): RawValueOf<T>;
export function RawValue(...given: unknown[]): unknown {
  const { type, args } = bindValue('RawValue', given, false);
  return make(typeOf(type), args);
}

export type { RawValueOf };

/** What {@link Value} of a type gives. */
export type ValueOf<T, L extends Acquirable = RLock> = Synchronized<ReadOf<T>, WriteOf<T>, ViewOfType<T>, L>;

/**
 * A value of a C type in shared memory, with a lock, for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Value`; it can be sent with any call, not only when a process is started. Integers that
 * are too large lose their upper bits, as in C; those of 8 bytes are read as a number if one can hold them, else as a
 * bigint.
 *
 * @param typecode_or_type - `'i'`, `'d'` …, or `c_int`, `c_double` …
 * @param value - @default 0
 * @throws TypeError for a type that does not exist, a value that it does not take.
 * @throws AttributeError for a lock that cannot be acquired.
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const counter = Value('i', 5);
 * const held = await counter.hold(); // Python's `with counter:`
 * counter.value += 1;
 * held.release();
 */
export function Value<T extends TypeCode | AnyCType>(typecode_or_type: T, options: NoLock): RawValueOf<T>;
export function Value<T extends TypeCode | AnyCType>(
  typecode_or_type: T,
  value: WriteOf<T>,
  options: NoLock,
): RawValueOf<T>;
export function Value<T extends TypeCode | AnyCType, L extends Acquirable = RLock>(
  typecode_or_type: T,
  options?: LockOptions<L>,
): ValueOf<T, L>;
export function Value<T extends TypeCode | AnyCType, L extends Acquirable = RLock>(
  typecode_or_type: T,
  value: WriteOf<T>,
  options?: LockOptions<L>,
): ValueOf<T, L>;
export function Value(...given: unknown[]): unknown {
  return makeValue(given, () => new RLock());
}

/** {@link Value}, with what makes its lock. */
export function makeValue(given: readonly unknown[], makeLock: () => AnyAcquirable): unknown {
  const { type, args, lock } = bindValue('Value', given, true);
  const data = make(typeOf(type), args);
  const guard = lockOf(lock, makeLock);
  return guard === null ? data : wrapper(data, guard);
}
