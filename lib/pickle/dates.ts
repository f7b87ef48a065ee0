import { ValueError } from '../util/exceptions';

/*
 * Python's `datetime`. A `Date` is an instant in milliseconds: what is one here and there is a `Date` on both sides,
 * everything else has a class that keeps all of it.
 */

const DAY = 86_400;
const MAX_DAYS = 999_999_999;

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new ValueError(`${what} must be in range`);
}

const within = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

const floorMod = (value: number, by: number): number => ((value % by) + by) % by;

/** A `timedelta`, as Python normalizes it: only `days` is ever negative. */
export class TimeDelta {
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;

  constructor(days = 0, seconds = 0, microseconds = 0) {
    const micros = floorMod(microseconds, 1e6);
    const carried = seconds + (microseconds - micros) / 1e6;
    this.microseconds = micros;
    this.seconds = floorMod(carried, DAY);
    this.days = days + (carried - this.seconds) / DAY;
    check(within(this.days, -MAX_DAYS, MAX_DAYS) && Number.isInteger(this.seconds + micros), 'days');
  }

  total_seconds(): number {
    return this.days * DAY + this.seconds + this.microseconds / 1e6;
  }
}

/** A `timezone`: a fixed distance from UTC. */
export class TimeZone {
  static readonly utc = new TimeZone(new TimeDelta());
  readonly offset: TimeDelta;
  /** `null`: it has the one that Python makes for it, `UTC+02:00`. */
  readonly name: string | null;

  constructor(offset: TimeDelta, name: string | null = null) {
    check(Math.abs(offset.total_seconds()) < DAY, 'offset');
    this.offset = offset;
    this.name = name;
  }

  get isUtc(): boolean {
    return this.name === null && this.offset.total_seconds() === 0;
  }
}

/** What a `datetime` shows: the fields of calendar and clock. */
export interface Fields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** 1 for the second of two equal times, when the clock is put back. */
  readonly fold: number;
}

/**
 * A `datetime` with a time zone that a `Date` cannot hold all of: it is finer than a millisecond, or its zone is not
 * UTC. As a `Date` it is the same instant, rounded down to the millisecond.
 */
export class DateTime extends Date {
  /** What is finer than a millisecond: 0 to 999. */
  readonly microseconds: number;
  readonly tzinfo: TimeZone;
  readonly fold: number;

  constructor(instant: number, microseconds = 0, tzinfo = TimeZone.utc, fold = 0) {
    super(instant);
    check(within(microseconds, 0, 999), 'microseconds');
    check(within(fold, 0, 1), 'fold');
    this.microseconds = microseconds;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }
}

/** A `datetime` without a time zone: what a clock on the wall shows, which is no instant. */
export class NaiveDateTime implements Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly fold: number;

  constructor(
    year: number,
    month: number,
    day: number,
    hour = 0,
    minute = 0,
    second = 0,
    micro = 0,
    fold = 0,
  ) {
    checkDate(year, month, day);
    checkTime(hour, minute, second, micro, fold);
    this.year = year;
    this.month = month;
    this.day = day;
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = micro;
    this.fold = fold;
  }

  /** The instant at which the clocks of this process show it, to the millisecond. */
  toDate(): Date {
    const date = new Date(0);
    date.setFullYear(this.year, this.month - 1, this.day);
    date.setHours(this.hour, this.minute, this.second, Math.floor(this.microsecond / 1000));
    return date;
  }
}

/** A `date`: a day of the calendar. */
export class CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(year: number, month: number, day: number) {
    checkDate(year, month, day);
    this.year = year;
    this.month = month;
    this.day = day;
  }
}

/** A `time`: a time of any day. */
export class ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly tzinfo: TimeZone | null;
  readonly fold: number;

  constructor(hour = 0, minute = 0, second = 0, micro = 0, tzinfo: TimeZone | null = null, fold = 0) {
    checkTime(hour, minute, second, micro, fold);
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = micro;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }
}

/** The instant at which a clock of that zone shows these fields; a plain `Date` if that is all there is to it. */
export function aware(fields: Fields, tzinfo: TimeZone): Date {
  const { year, month, day, hour, minute, second, microsecond, fold } = fields;
  const { offset } = tzinfo;
  const shown = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000;
  const micros = microsecond - offset.microseconds;
  const fine = floorMod(micros, 1000);
  const instant = shown - (offset.days * DAY + offset.seconds) * 1000 + (micros - fine) / 1000;
  if (fine === 0 && fold === 0 && tzinfo.isUtc) return new Date(instant);
  return new DateTime(instant, fine, tzinfo, fold);
}

/**
 * What a clock shows at that instant: in UTC, or in the zone of a {@link DateTime}.
 *
 * @throws ValueError outside the years 1 to 9999, and for an invalid date.
 */
export function shownAt(date: Date): Fields {
  const { microseconds, tzinfo, fold } =
    date instanceof DateTime ? date : { microseconds: 0, tzinfo: TimeZone.utc, fold: 0 };
  const { offset } = tzinfo;
  const micros = microseconds + offset.microseconds;
  const fine = micros % 1000;
  const instant = date.getTime() + (offset.days * DAY + offset.seconds) * 1000 + (micros - fine) / 1000;
  const shown = new Date(instant);
  const year = shown.getUTCFullYear();
  if (!within(year, 1, 9999)) throw new ValueError(`year ${year} is out of range`);
  return {
    year,
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    microsecond: shown.getUTCMilliseconds() * 1000 + fine,
    fold,
  };
}

/** `Date.UTC` takes the year 10 for 1910. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function checkDate(year: number, month: number, day: number): void {
  check(within(year, 1, 9999), 'year');
  check(within(month, 1, 12), 'month');
  check(within(day, 1, new Date(utc(year, month + 1, 0)).getUTCDate()), 'day');
}

function checkTime(hour: number, minute: number, second: number, micro: number, fold: number): void {
  check(within(hour, 0, 23), 'hour');
  check(within(minute, 0, 59), 'minute');
  check(within(second, 0, 59), 'second');
  check(within(micro, 0, 999_999), 'microsecond');
  check(within(fold, 0, 1), 'fold');
}
