import { OverflowError, ValueError } from '../../errors';
import { Float } from '../../pickle/values';
import { type_name } from '../../util/repr';

/** What Python's locks can wait for at most, in seconds. */
const LONGEST = 9223372036;

/** What Python takes for an integer. @throws TypeError */
export function integerOf(value: unknown): number {
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new TypeError(`'${nameOf(value)}' object cannot be interpreted as an integer`);
}

/** What Python takes for a number, as far as it is compared with one. @throws TypeError in the words of the operator. */
export function numberOf(value: unknown, operator: string): number {
  const plain = value instanceof Float ? value.value : value;
  if (typeof plain === 'number' || typeof plain === 'boolean' || typeof plain === 'bigint')
    return Number(plain);
  throw new TypeError(`'${operator}' not supported between instances of '${nameOf(value)}' and 'int'`);
}

const nameOf = (value: unknown): string => (value instanceof Float ? 'float' : type_name(value));

/**
 * How long the `acquire` of a lock may wait: 0 for not at all, `null` for ever.
 *
 * @throws ValueError, OverflowError, TypeError as `threading.Lock` does.
 */
export function patienceOfLock(blocking: unknown, timeout: unknown): number | null {
  const isBlocking = integerOf(blocking) !== 0;
  const seconds =
    timeout instanceof Float || typeof timeout === 'number' ? Number(timeout) : integerOf(timeout);
  if (Number.isNaN(seconds)) throw new ValueError('Invalid value NaN (not a number)');
  if (!isBlocking && seconds !== -1) {
    throw new ValueError("can't specify a timeout for a non-blocking call");
  }
  if (seconds < 0 && seconds !== -1) throw new ValueError('timeout value must be positive');
  if (seconds > LONGEST) throw new OverflowError('timestamp out of range for platform time_t');
  if (!isBlocking) return 0;
  return seconds === -1 ? null : seconds;
}

/** The same of a semaphore, where no timeout is `None`, and a negative one does not wait. */
export function patienceOfSemaphore(blocking: unknown, timeout: unknown): number | null {
  if (blocking && isNone(timeout)) return null;
  if (!blocking) {
    if (isNone(timeout)) return 0;
    throw new ValueError("can't specify timeout for non-blocking acquire");
  }
  return Math.max(0, numberOf(timeout, '+'));
}

/** The seconds of a `wait(timeout)`: 0 for not at all, `null` for ever. */
export function secondsOf(timeout: unknown): number | null {
  if (isNone(timeout)) return null;
  const seconds = numberOf(timeout, '>');
  if (seconds > LONGEST) throw new OverflowError('timestamp out of range for platform time_t');
  return Math.max(0, seconds);
}

/** The same of a queue, which takes no negative ones. */
export function patienceOfQueue(block: unknown, timeout: unknown): number | null {
  if (!block) return 0;
  if (isNone(timeout)) return null;
  const seconds = numberOf(timeout, '<');
  if (seconds < 0) throw new ValueError("'timeout' must be a non-negative number");
  return seconds;
}

const isNone = (value: unknown): boolean => value === null || value === undefined;
