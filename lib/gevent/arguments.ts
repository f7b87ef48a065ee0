import { ValueError } from '../errors';
import { signature, type Signature } from '../util/keywords';
import { type_name } from '../util/repr';
import { GreenletExit } from './errors';
import type { Greenlet } from './greenlet';

/** An error, or a class that makes one. */
export type Throwable = Error | (new () => Error);

/** The error of a `kill`: made anew for each greenlet when a class is given. */
export function errorOf(exception: Throwable): Error {
  return typeof exception === 'function' ? new exception() : exception;
}

/** Seconds to wait at most; `null`: for ever. */
export function checkSeconds(name: string, value: unknown): number | null {
  if (value === null || value === undefined || value === Infinity) return null;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new TypeError(`${name} must be a number of seconds, not ${shown(value)}`);
}

/** A whole number of at least 0; `null`: no limit. */
export function checkCount(name: string, value: unknown): number | null {
  if (value === null || value === undefined || value === Infinity) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`${name} must be an integer, not ${shown(value)}`);
  }
  if (value < 0) throw new ValueError(`${name} must not be negative: ${value}`);
  return value;
}

/** @throws TypeError for what is not iterable: `Array.from` takes it for an empty one. */
export function listOf<T>(iterable: Iterable<T>): T[] {
  if (typeof (Object(iterable) as Partial<Iterable<T>>)[Symbol.iterator] !== 'function') {
    throw new TypeError(`'${type_name(iterable)}' object is not iterable`);
  }
  return Array.from(iterable);
}

export function checkCallable(value: unknown, message: string): void {
  if (typeof value !== 'function') throw new TypeError(message);
}

function shown(value: unknown): string {
  return Number.isNaN(value) ? 'NaN' : type_name(value);
}

/** Binds, and looks at what JavaScript would take silently. */
function checked<R extends object>(bind: Signature<R>): Signature<R> {
  return (args) => {
    const given = bind(args) as R & { timeout?: unknown; count?: unknown; exception?: unknown };
    if (given.timeout !== undefined) given.timeout = checkSeconds('timeout', given.timeout);
    if (given.count !== undefined) given.count = checkCount('count', given.count);
    if (given.exception !== undefined) checkThrowable(given.exception);
    return given;
  };
}

function checkThrowable(exception: unknown): void {
  if (typeof exception === 'function' || (typeof exception === 'object' && exception !== null)) return;
  throw new TypeError(`exception must be an error or a class of errors, not ${shown(exception)}`);
}

const timeout: number | null = null as number | null;
const exception: Throwable = GreenletExit;

export const bindJoin = checked(signature({ name: 'join', defaults: () => ({ timeout }) }));

export const bindGet = checked(signature({ name: 'get', defaults: () => ({ block: true, timeout }) }));

export const bindKill = checked(
  signature({ name: 'kill', defaults: () => ({ exception, block: true, timeout }) }),
);

export const bindJoinall = checked(
  signature({
    name: 'joinall',
    defaults: () => ({
      greenlets: [] as Iterable<Greenlet>,
      timeout,
      raise_error: false,
      count: null as number | null,
    }),
    required: 1,
  }),
);

const bindObjects = (name: string) =>
  checked(
    signature({
      name,
      defaults: () => ({ objects: [] as Iterable<Greenlet>, timeout, count: null as number | null }),
      required: 1,
    }),
  );
export const bindIwait = bindObjects('iwait');
export const bindWait = bindObjects('wait');

export const bindKillall = checked(
  signature({
    name: 'killall',
    defaults: () => ({ greenlets: [] as Iterable<Greenlet>, exception, block: true, timeout }),
    required: 1,
  }),
);

const bindMember = (name: string) =>
  checked(
    signature({
      name,
      defaults: () => ({ greenlet: null as unknown as Greenlet, blocking: true, timeout }),
      required: 1,
    }),
  );
export const bindAdd = bindMember('add');
export const bindStart = bindMember('start');

export const bindGroupJoin = checked(
  signature({ name: 'join', defaults: () => ({ timeout, raise_error: false }) }),
);

export const bindKillone = checked(
  signature({
    name: 'killone',
    defaults: () => ({ greenlet: null as unknown as Greenlet, exception, block: true, timeout }),
    required: 1,
  }),
);

export const bindWaitAvailable = checked(
  signature({ name: 'wait_available', defaults: () => ({ timeout }) }),
);

type Func = (...args: unknown[]) => unknown;
const func = null as unknown as Func;
const args = null as Iterable<unknown> | null;
const kwds = null as object | null;
const callback = null as ((value: unknown) => unknown) | null;

export const bindApply = signature({
  name: 'apply',
  defaults: () => ({ func, args, kwds }),
  required: 1,
  objects: ['kwds'],
});

export const bindApplyAsync = signature({
  name: 'apply_async',
  defaults: () => ({ func, args, kwds, callback }),
  required: 1,
  objects: ['kwds'],
});

const iterable = null as unknown as Iterable<unknown>;

export const bindMap = signature({ name: 'map', defaults: () => ({ func, iterable }), required: 2 });

export const bindMapAsync = signature({
  name: 'map_async',
  defaults: () => ({ func, iterable, callback }),
  required: 2,
});

/** `kwds` reach a function as one last object; empty ones do not. */
export function argumentsOf(given: { args: Iterable<unknown> | null; kwds: object | null }): unknown[] {
  const list = given.args === null ? [] : listOf(given.args);
  if (given.kwds !== null && Object.keys(given.kwds).length > 0) list.push(given.kwds);
  return list;
}
