/** Python's `pickle`: values as the bytes that CPython writes and reads, and back, without running any of them. */
export { PickleCodec } from './codec';
export { CalendarDate, ClockTime, DateTime, NaiveDateTime, TimeDelta, TimeZone } from './dates';
export type { Fields } from './dates';
export type {
  Allowed,
  ErrorClass,
  PickleOptions,
  Rebuilder,
  Reduce,
  Reduced,
  RemoteTracebackClass,
} from './types';
export { ByteArray, float, Float, FrozenSet, Global, tuple, Tuple } from './values';
