import { AttributeError } from '../errors';
import type { RLock } from '../synchronize/rlock';
import { isPlain } from '../util/keywords';
import { repr } from '../util/repr';
import type { AnyAcquirable } from './synchronized';

/** Keywords of {@link Value} and {@link Array}. */
export interface LockOptions<L extends AnyAcquirable = RLock> {
  /**
   * The lock that goes with it; `true` and `null` make an `RLock`; with `false` there is none, and the object itself
   * is what is given. @default true
   */
  readonly lock?: L | true | null;
}

/** As {@link LockOptions}, where there is to be no lock. */
export interface NoLock {
  readonly lock: false;
}

/**
 * The lock of `lock=`; `null`: none is wanted.
 *
 * @param made - makes the one that goes with it by default.
 * @throws AttributeError for what cannot be acquired.
 */
export function lockOf(given: unknown, made: () => AnyAcquirable): AnyAcquirable | null {
  if (given === false) return null;
  if (given === true || given === null || given === undefined) return made();
  if (typeof (given as Partial<AnyAcquirable>).acquire === 'function') return given as AnyAcquirable;
  throw new AttributeError(`${repr(given)} has no method 'acquire'`);
}

/** The arguments of a call that takes any number of them, and `lock=` where `keyword` says so. */
export interface ValueArguments {
  readonly type: unknown;
  readonly args: readonly unknown[];
  readonly lock: unknown;
}

/** @throws TypeError for a missing type, an unknown keyword. */
export function bindValue(name: string, given: readonly unknown[], takesLock: boolean): ValueArguments {
  const last: unknown = given[given.length - 1];
  const hasKeywords = given.length > 1 && typeof last === 'object' && last !== null && isPlain(last);
  const keywords = hasKeywords ? (last as Record<string, unknown>) : {};
  const unknown = Object.keys(keywords).find((key) => !takesLock || key !== 'lock');
  if (unknown !== undefined) {
    throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}'`);
  }
  if (given.length === 0) {
    throw new TypeError(`${name}() missing 1 required positional argument: 'typecode_or_type'`);
  }
  return { type: given[0], args: given.slice(1, hasKeywords ? -1 : undefined), lock: keywords.lock };
}
