import { isThenable } from '../lib/util/thenable';
import type * as Repr from '../lib/util/repr';
import { CallKind, type CallKindId } from '../lib/wire/protocol';

export type AnyFunction = (...args: unknown[]) => unknown;

/** Runs the items of a chunk in turn; the first that throws ends it. */
export function runChunk(
  f: AnyFunction,
  kind: CallKindId,
  items: readonly unknown[],
  starting: ((index: number) => void) | null,
): unknown[] | Promise<unknown[]> {
  const results = new Array<unknown>(items.length);
  for (let i = 0; i < items.length; i++) {
    starting?.(i);
    const result = kind === CallKind.Map ? f(items[i]) : f(...listOf(items[i]));
    if (isThenable(result)) return finishChunk(f, kind, items, starting, results, i, result);
    results[i] = result;
  }
  return results;
}

async function finishChunk(
  f: AnyFunction,
  kind: CallKindId,
  items: readonly unknown[],
  starting: ((index: number) => void) | null,
  results: unknown[],
  at: number,
  pending: PromiseLike<unknown>,
): Promise<unknown[]> {
  results[at] = await pending;
  for (let i = at + 1; i < items.length; i++) {
    starting?.(i);
    results[i] = await (kind === CallKind.Map ? f(items[i]) : f(...listOf(items[i])));
  }
  return results;
}

/** What can be iterated has come as an array. @throws TypeError, Python's, for what cannot */
function listOf(item: unknown): readonly unknown[] {
  if (Array.isArray(item)) return item;
  const { type_name } = require('../lib/util/repr') as typeof Repr;
  const name = type_name(item);
  // Python's could be iterated.
  throw new TypeError(`'${name === 'dict' ? 'Object' : name}' object is not iterable`);
}
