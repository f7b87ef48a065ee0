import { ValueError } from '../errors';
import { isListable, LIST } from '../util/listing';
import { signature } from '../util/keywords';
import { kindOf } from '../util/kind_of';
import type { CallOptions } from './calls';

/** The arguments of a public call before they are looked at. */
type Given<Names extends string> = Record<Names, unknown>;

const CALL = ['timeout', 'signal'] as const;

/** The parameters of every public call of a pool, in Python's order; beyond Python: timeout, signal, buffersize. */
export const bindPool = signature({
  name: 'Pool',
  defaults: (): Given<'processes' | 'initializer' | 'initargs' | 'maxtasksperchild'> => ({
    processes: null,
    initializer: null,
    initargs: null,
    maxtasksperchild: null,
  }),
});

export const bindApply = signature({
  name: 'apply',
  defaults: (): Given<'func' | 'args' | 'kwds' | 'timeout' | 'signal'> => ({
    func: null,
    args: null,
    kwds: null,
    timeout: null,
    signal: null,
  }),
  required: 1,
  keywordOnly: CALL,
  objects: ['kwds'],
});

export const bindApplyAsync = signature({
  name: 'apply_async',
  defaults: (): Given<'func' | 'args' | 'kwds' | 'callback' | 'error_callback' | 'timeout' | 'signal'> => ({
    func: null,
    args: null,
    kwds: null,
    callback: null,
    error_callback: null,
    timeout: null,
    signal: null,
  }),
  required: 1,
  keywordOnly: CALL,
  objects: ['kwds'],
});

export type MapArguments = Given<
  'func' | 'iterable' | 'chunksize' | 'callback' | 'error_callback' | 'timeout' | 'signal'
>;

const map = (name: string) =>
  signature({
    name,
    defaults: (): Given<'func' | 'iterable' | 'chunksize' | 'timeout' | 'signal'> => ({
      func: null,
      iterable: null,
      chunksize: null,
      timeout: null,
      signal: null,
    }),
    required: 2,
    keywordOnly: CALL,
  });
export const bindMap = map('map');
export const bindStarmap = map('starmap');

const mapAsync = (name: string) =>
  signature({
    name,
    defaults: (): MapArguments => ({
      func: null,
      iterable: null,
      chunksize: null,
      callback: null,
      error_callback: null,
      timeout: null,
      signal: null,
    }),
    required: 2,
    keywordOnly: CALL,
  });
export const bindMapAsync = mapAsync('map_async');
export const bindStarmapAsync = mapAsync('starmap_async');

export type ImapArguments = Given<'func' | 'iterable' | 'chunksize' | 'buffersize' | 'timeout' | 'signal'>;

const imap = (name: string) =>
  signature({
    name,
    defaults: (): ImapArguments => ({
      func: null,
      iterable: null,
      chunksize: null,
      buffersize: null,
      timeout: null,
      signal: null,
    }),
    required: 2,
    keywordOnly: ['buffersize', ...CALL],
  });
export const bindImap = imap('imap');
export const bindImapUnordered = imap('imap_unordered');

/** A whole number of at least 1, as Python's integers are: `true` is 1. */
function wholeNumber(value: unknown): number | null {
  if (value === true) return 1;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : null;
}

export function checkProcesses(value: unknown, byDefault: () => number): number {
  if (value === null || value === undefined) return byDefault();
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError(`processes must be an integer, not ${typeof value}`);
  }
  if (Number(value) < 1) throw new ValueError('Number of processes must be at least 1');
  const processes = wholeNumber(value);
  if (processes === null) throw new TypeError(`processes must be an integer, not ${String(value)}`);
  return processes;
}

export function checkMaxTasks(value: unknown): number {
  if (value === null || value === undefined) return Infinity;
  const tasks = wholeNumber(value);
  if (tasks === null) throw new ValueError('maxtasksperchild must be a positive int or None');
  return tasks;
}

/** The chunksize of the map family. CPython takes 0 and 1.5 and loses the work, or hangs. */
export function checkChunksize(value: unknown, byDefault: number): number {
  if (value === null || value === undefined) return byDefault;
  return checkWhole('Chunksize', value);
}

export function checkBuffersize(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  return checkWhole('buffersize', value);
}

function checkWhole(name: string, value: unknown): number {
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError(`${name} must be an integer, not ${typeof value}`);
  }
  const whole = wholeNumber(value);
  if (whole !== null) return whole;
  if (Number(value) < 1) throw new ValueError(`${name} must be 1+, not ${Number(value)}`);
  throw new TypeError(`${name} must be an integer, not ${String(value)}`);
}

export function checkOptions(given: { readonly timeout: unknown; readonly signal: unknown }): CallOptions {
  const { timeout, signal } = given;
  if (timeout === null && signal === null) return NO_OPTIONS;
  if (timeout !== null) {
    if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
      throw new TypeError(`timeout must be a number of seconds, not ${typeof timeout}`);
    }
    if (timeout <= 0) throw new ValueError(`timeout must be greater than 0, not ${timeout}`);
  }
  if (signal !== null && !isAbortSignal(signal)) throw new TypeError('signal must be an AbortSignal');
  return { timeout: timeout === Infinity ? null : timeout, signal };
}

const NO_OPTIONS: CallOptions = { timeout: null, signal: null };

/** By what it can do: under Jest the class may be that of another realm. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

/** The function of a callback parameter; as in Python, falsy ones are none. */
export function checkCallback(name: string, value: unknown): ((value: unknown) => unknown) | null {
  if (value === null || value === undefined || value === false || value === 0) return null;
  if (typeof value !== 'function') throw new TypeError(`${name} must be a callable`);
  return value as (value: unknown) => unknown;
}

/** The elements of any iterable that is not asynchronous. */
export function listOf(iterable: unknown): readonly unknown[] {
  if (Array.isArray(iterable)) return iterable as unknown[];
  if (
    iterable === null ||
    iterable === undefined ||
    typeof (Object(iterable) as Iterable<unknown>)[Symbol.iterator] !== 'function'
  ) {
    throw new TypeError(`'${kindOf(iterable)}' object is not iterable`);
  }
  if (isListable(iterable)) return iterable[LIST]();
  return Array.from(iterable as Iterable<unknown>);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}
