import { ValueError } from '../util/exceptions';
import { signature } from '../util/keywords';
import { type_name } from '../util/repr';

/** Keywords of `acquire`. */
export interface AcquireKeywords {
  /** Wait for it; else only look. @default true */
  readonly block?: boolean;
  /** Seconds to wait at most; 0 and less only look. @default for ever */
  readonly timeout?: number | null;
}

/** Keywords of `wait`. */
export interface WaitKeywords {
  /** Seconds to wait at most; 0 and less only look. @default for ever */
  readonly timeout?: number | null;
}

const bind = signature({
  name: 'acquire',
  defaults: (): { block: unknown; timeout: unknown } => ({ block: true, timeout: null }),
});

/**
 * How long an `acquire` may wait: 0 for not at all, `null` for ever. Without `block` the timeout does not count.
 *
 * @throws TypeError for a `block` that is no integer, or a timeout that is no number.
 */
export function patienceOf(args: readonly unknown[]): number | null {
  if (args.length === 0) return null;
  const { block, timeout } = bind(args);
  const wait = integerOf(block);
  const seconds = secondsOf(timeout);
  return wait === 0 ? 0 : seconds;
}

const bindTimeout = signature({ name: 'wait', defaults: (): { timeout: unknown } => ({ timeout: null }) });

/** The seconds of a `wait(timeout)`. */
export function timeoutOf(args: readonly unknown[]): number | null {
  return args.length === 0 ? null : secondsOf(bindTimeout(args).timeout);
}

/**
 * What Python takes for an integer: `true` is 1.
 *
 * @throws TypeError for anything else.
 */
export function integerOf(value: unknown): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new TypeError(`'${type_name(value)}' object cannot be interpreted as an integer`);
}

/**
 * How long to wait; `null` for ever.
 *
 * @throws TypeError for what is no number, ValueError for NaN.
 */
export function secondsOf(timeout: unknown): number | null {
  if (timeout === null || timeout === undefined || timeout === Infinity) return null;
  if (typeof timeout === 'boolean') return Number(timeout);
  if (typeof timeout !== 'number') throw new TypeError(`must be real number, not ${type_name(timeout)}`);
  if (Number.isNaN(timeout)) throw new ValueError('Invalid value NaN (not a number)');
  return timeout;
}
