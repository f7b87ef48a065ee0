import type * as Util from 'node:util';
import type * as Errors from '../lib/reduction/errors';
import type * as Results from '../lib/reduction/results';
import type { Encoded } from '../lib/reduction/types';
import { encodePlain, encodePlainList } from '../lib/reduction/values';

/**
 * The answers of a worker. What plain data cannot say is loaded when it is
 * first needed: a worker starts with as little as it can.
 */
const results = () => require('../lib/reduction/results') as typeof Results;
const errors = () => require('../lib/reduction/errors') as typeof Errors;

export function encodeOneResult(value: unknown): Encoded {
  return encodePlain(value) ?? results().encodeResult(value);
}

export function encodeListResult(list: readonly unknown[]): Encoded {
  return encodePlainList(list) ?? results().encodeResult(list);
}

export function encodeThrown(thrown: unknown): Encoded {
  return errors().encodeThrown(thrown);
}

/** What a MaybeEncodingError tells: the value and the reason, as text. */
export function describeUnencodable(value: unknown, reason: unknown): Encoded {
  return encodePlain([describe(value), describe(reason)]) as Encoded;
}

function describe(value: unknown): string {
  const { inspect } = require('node:util') as typeof Util;
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return inspect(value, { depth: 1, maxStringLength: 200, maxArrayLength: 10 }).slice(0, 2000);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
