/**
 * Python's `multiprocessing.sharedctypes`, and the names of `ctypes` that go with it.
 */
export { Array, RawArray } from './array';
export type { ArrayOf, Sized } from './array';
export type { LockOptions, NoLock } from './arguments';
export { CArray, CharArray, WcharArray } from './carray';
export type { RawArrayOf } from './carray';
export { copy } from './copy';
export {
  Synchronized,
  SynchronizedArray,
  SynchronizedBase,
  SynchronizedString,
  synchronized,
} from './synchronized';
export type { Acquirable, AnyAcquirable, BlockingAcquirable, HeldBy, SynchronizedOf } from './synchronized';
export { RawValue, Value } from './value';
export type { RawValueOf, ValueOf } from './value';
export {
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_int16,
  c_int32,
  c_int64,
  c_int8,
  c_long,
  c_longlong,
  c_short,
  c_size_t,
  c_ssize_t,
  c_ubyte,
  c_uint,
  c_uint16,
  c_uint32,
  c_uint64,
  c_uint8,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_wchar,
  SimpleCData,
} from './types';
export type { Char, CType, Integer, ReadOf, TypeCode, WriteOf } from './types';
