import { PicklingError } from '../errors';
import { encodeArguments, encodeFunction } from '../reduction/sending';
import type { Encoded, EncodedFunction } from '../reduction/types';

/** What a process was made to do. */
export interface Work {
  readonly target: ((...args: readonly unknown[]) => unknown) | null;
  /** With `kwargs`, if there are any, as the last. */
  readonly args: readonly unknown[];
}

/** The same on its way: `value` is `[function, arguments]`, or `[null, arguments]` beside a function that is defined. */
export interface EncodedWork {
  readonly fn: EncodedFunction | null;
  readonly value: Encoded;
}

/** @throws PicklingError for what cannot be sent. */
export function encodeWork({ target, args }: Work, sharesMemory: boolean): EncodedWork {
  try {
    // In one message: what the function holds and its arguments stay the same objects.
    return { fn: null, value: encodeArguments([target, args], sharesMemory) };
  } catch (error) {
    if (target === null || !(error instanceof PicklingError)) throw error;
    return encodeImported(target, args, sharesMemory, error);
  }
}

/** A function that cannot be copied may be loaded with its module. */
function encodeImported(
  target: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  sharesMemory: boolean,
  otherwise: PicklingError,
): EncodedWork {
  let fn: EncodedFunction;
  try {
    fn = encodeFunction(target, sharesMemory);
  } catch {
    throw otherwise;
  }
  return { fn, value: encodeArguments([null, args], sharesMemory) };
}
