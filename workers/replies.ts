import type * as Util from 'node:util';
import type * as Errors from '../lib/reduction/errors';
import { moving } from '../lib/reduction/passage';
import type * as Returning from '../lib/reduction/returning';
import type { Encoded } from '../lib/reduction/types';
import { encodePlain, encodePlainList } from '../lib/reduction/values';

/**
 * The answers of a worker. What plain data cannot say is loaded when it is
 * first needed: a worker starts with as little as it can.
 */
const returning = () => require('../lib/reduction/returning') as typeof Returning;
const errors = () => require('../lib/reduction/errors') as typeof Errors;

export function encodeOneResult(value: unknown, sharesMemory: boolean): Encoded {
  const passage = moving(sharesMemory);
  return encodePlain(value, passage) ?? returning().encodeReturnedGraph(value, passage);
}

export function encodeListResult(list: readonly unknown[], sharesMemory: boolean): Encoded {
  const passage = moving(sharesMemory);
  return encodePlainList(list, passage) ?? returning().encodeReturnedGraph(list, passage);
}

export function encodeThrown(thrown: unknown, sharesMemory: boolean): Encoded {
  return errors().encodeThrown(thrown, sharesMemory);
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
