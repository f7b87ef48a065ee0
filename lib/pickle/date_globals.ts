import { Buffer } from 'node:buffer';
import { UnpicklingError } from '../errors';
import {
  aware,
  CalendarDate,
  ClockTime,
  DateTime,
  NaiveDateTime,
  shownAt,
  TimeDelta,
  TimeZone,
  type Fields,
} from './dates';
import type { Rebuilder, Reduced } from './types';

/** How the values of Python's `datetime` module are written: packed in a few bytes, beside their zone. */

const FOLD = 0x80;

/** The bytes that a state must be: of this length. */
function packed(value: unknown, length: number): Uint8Array {
  if (value instanceof Uint8Array && value.length === length) return value;
  throw new UnpicklingError('an object of datetime has a state that is none');
}

function zone(value: unknown): TimeZone | null {
  if (value === undefined || value === null) return null;
  if (value instanceof TimeZone) return value;
  throw new UnpicklingError('tzinfo must be a datetime.timezone');
}

/** A fixed number of arguments, so that nothing is lost by ignoring one. */
function few(args: readonly unknown[], least: number, most: number): readonly unknown[] {
  if (args.length >= least && args.length <= most) return args;
  throw new UnpicklingError('an object of datetime has arguments that are none');
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] as number;
const micros = (bytes: Uint8Array, index: number): number =>
  (at(bytes, index) << 16) | (at(bytes, index + 1) << 8) | at(bytes, index + 2);

function whole(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new UnpicklingError('a timedelta is made of integers');
}

function datetime(args: readonly unknown[]): unknown {
  const [state, tzinfo] = few(args, 1, 2);
  const bytes = packed(state, 10);
  const month = at(bytes, 2);
  const naive = new NaiveDateTime(
    (at(bytes, 0) << 8) | at(bytes, 1),
    month & ~FOLD,
    at(bytes, 3),
    at(bytes, 4),
    at(bytes, 5),
    at(bytes, 6),
    micros(bytes, 7),
    month >> 7,
  );
  const place = zone(tzinfo);
  return place === null ? naive : aware(naive, place);
}

function date(args: readonly unknown[]): unknown {
  const bytes = packed(few(args, 1, 1)[0], 4);
  return new CalendarDate((at(bytes, 0) << 8) | at(bytes, 1), at(bytes, 2), at(bytes, 3));
}

function time(args: readonly unknown[]): unknown {
  const [state, tzinfo] = few(args, 1, 2);
  const bytes = packed(state, 6);
  const hour = at(bytes, 0);
  return new ClockTime(hour & ~FOLD, at(bytes, 1), at(bytes, 2), micros(bytes, 3), zone(tzinfo), hour >> 7);
}

function timedelta(args: readonly unknown[]): unknown {
  const [days, seconds, microseconds] = few(args, 0, 3);
  return new TimeDelta(whole(days), whole(seconds), whole(microseconds));
}

function timezone(args: readonly unknown[]): unknown {
  const [offset, name] = few(args, 1, 2);
  if (offset instanceof TimeDelta && (name === undefined || typeof name === 'string')) {
    return new TimeZone(offset, name);
  }
  throw new UnpicklingError('a timezone is made of a timedelta and a name');
}

export const DATE_GLOBALS: ReadonlyMap<string, Rebuilder['make']> = new Map([
  ['datetime datetime', datetime],
  ['datetime date', date],
  ['datetime time', time],
  ['datetime timedelta', timedelta],
  ['datetime timezone', timezone],
]);

const microBytes = (micro: number): number[] => [micro >> 16, (micro >> 8) & 0xff, micro & 0xff];

const dateTimeState = ({ year, month, day, hour, minute, second, microsecond, fold }: Fields): Buffer =>
  Buffer.from([
    year >> 8,
    year & 0xff,
    month | (fold << 7),
    day,
    hour,
    minute,
    second,
    ...microBytes(microsecond),
  ]);

/** How it is made in Python; `null` if it is nothing of `datetime`. */
export function reduceDate(value: object): Reduced | null {
  if (value instanceof Date) {
    const tzinfo = value instanceof DateTime ? value.tzinfo : TimeZone.utc;
    return { global: 'datetime datetime', args: [dateTimeState(shownAt(value)), tzinfo] };
  }
  if (value instanceof NaiveDateTime) return { global: 'datetime datetime', args: [dateTimeState(value)] };
  if (value instanceof CalendarDate) {
    const { year, month, day } = value;
    return { global: 'datetime date', args: [Buffer.from([year >> 8, year & 0xff, month, day])] };
  }
  if (value instanceof ClockTime) {
    const { hour, minute, second, microsecond, fold, tzinfo } = value;
    const state = Buffer.from([hour | (fold << 7), minute, second, ...microBytes(microsecond)]);
    return { global: 'datetime time', args: tzinfo === null ? [state] : [state, tzinfo] };
  }
  if (value instanceof TimeDelta) {
    return { global: 'datetime timedelta', args: [value.days, value.seconds, value.microseconds] };
  }
  if (value instanceof TimeZone) {
    return {
      global: 'datetime timezone',
      args: value.name === null ? [value.offset] : [value.offset, value.name],
    };
  }
  return null;
}
