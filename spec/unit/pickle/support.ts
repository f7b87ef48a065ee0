import { spawnSync } from 'node:child_process';
import path from 'node:path';
import {
  ByteArray,
  CalendarDate,
  ClockTime,
  DateTime,
  Float,
  FrozenSet,
  Global,
  NaiveDateTime,
  TimeDelta,
  TimeZone,
  Tuple,
} from '../../../lib/pickle';
import { shownAt, type Fields } from '../../../lib/pickle/dates';
import { findPython } from '../../support/python';

export interface Task {
  /** Expressions, to be pickled with every protocol. */
  /** Statements to be run before. */
  readonly setup?: readonly string[];
  readonly dumps?: readonly string[];
  /** Pickles, to be loaded and shown with their floats. */
  readonly loads?: readonly Uint8Array[];
  /** Pickles of a stranger, to be loaded if nothing is called. */
  readonly judges?: readonly Uint8Array[];
}

export interface Judged {
  readonly shown?: string;
  readonly error?: string;
  readonly text?: string;
}

export interface Answer {
  readonly dumped: readonly (readonly (readonly [pickle: string, shown: string])[])[];
  readonly loaded: readonly Judged[];
  readonly judged: readonly Judged[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** All that a spec wants of Python, asked of one process. */
export function python({ setup = [], dumps = [], loads = [], judges = [] }: Task): Answer {
  const name = findPython();
  if (name === null) return { dumped: [], loaded: [], judged: [] };
  const { stdout, stderr, status } = spawnSync(name, [path.join(__dirname, 'python.py')], {
    input: JSON.stringify({ setup, dumps, loads: loads.map(hex), judges: judges.map(hex) }),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** What python.py shows of the same value. */
export function show(value: unknown, depth = 0): string {
  const each = (items: Iterable<unknown>): string[] => Array.from(items, (item) => show(item, depth + 1));
  if (depth > 40) return '...';
  switch (typeof value) {
    case 'undefined':
      return 'None';
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString(16);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? value.toString(16) : double(value);
    case 'string':
      return `'${Buffer.from(value, 'utf16le').swap16().toString('hex')}'`;
    default:
  }
  if (value === null) return 'None';
  if (value instanceof Float) return double(value.value);
  if (value instanceof Tuple) return `(${each(value).join(', ')})`;
  if (Array.isArray(value)) return `[${each(value).join(', ')}]`;
  if (value instanceof ByteArray) return `bytearray ${hex(value)}`;
  if (value instanceof Uint8Array) return `bytes ${hex(value)}`;
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, item]) => `${show(key, depth + 1)}: ${show(item, depth + 1)}`).join(', ')}}`;
  }
  if (value instanceof FrozenSet) return `frozenset ${each(value).sort().join(', ')}`;
  if (value instanceof Set) return `set ${each(value).sort().join(', ')}`;
  if (ArrayBuffer.isView(value)) {
    const { BYTES_PER_ELEMENT, buffer, byteOffset, byteLength } = value as Int8Array;
    return `array ${BYTES_PER_ELEMENT} ${hex(new Uint8Array(buffer, byteOffset, byteLength))}`;
  }
  if (value instanceof Error) return showError(value);
  return showDate(value as object) ?? show(new Map(Object.entries(value as object)), depth);
}

function double(value: number): string {
  if (Number.isNaN(value)) return 'float nan';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `float ${hex(bytes)}`;
}

function showError(error: Error): string {
  const { args, cause } = error as Error & { args: unknown };
  const known = ['errno', 'code', 'filename', 'value'];
  const state = new Map(Object.entries(error).filter(([key]) => !known.includes(key)));
  const tb = cause === undefined ? '' : ` from ${(cause as { tb: string }).tb}`;
  return `${error.name} ${show(args)} ${show(state)}${tb}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
const clock = ({ hour, minute, second, microsecond, fold }: Fields | ClockTime): string =>
  `${two(hour)}:${two(minute)}:${two(second)} ${microsecond} ${fold}`;
const calendar = ({ year, month, day }: Fields | CalendarDate): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

function showDate(value: object): string | null {
  if (value instanceof Date) {
    const zone = value instanceof DateTime ? value.tzinfo : TimeZone.utc;
    const fields = shownAt(value);
    return `datetime ${calendar(fields)}T${clock(fields)} ${show(zone)}`;
  }
  if (value instanceof NaiveDateTime) return `datetime ${calendar(value)}T${clock(value)}`;
  if (value instanceof CalendarDate) return `date ${calendar(value)}`;
  if (value instanceof ClockTime) {
    return `time ${clock(value)}${value.tzinfo === null ? '' : ` ${show(value.tzinfo)}`}`;
  }
  if (value instanceof TimeDelta) {
    return `timedelta ${value.days} ${value.seconds} ${value.microseconds}`;
  }
  if (value instanceof TimeZone) return `timezone (${show(value.offset)} ${value.name ?? 'None'})`;
  return value instanceof Global ? `<class ${String(value)}>` : null;
}

/** A pickle written by hand: text as it is, numbers as bytes. */
export function assemble(...parts: readonly (string | number | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string'
        ? Buffer.from(part, 'latin1')
        : typeof part === 'number'
          ? Buffer.of(part)
          : part,
    ),
  );
}
