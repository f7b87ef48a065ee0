import { kindOf } from '../lib/util/kind_of';
import { isThenable } from '../lib/util/thenable';
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
    const result = kind === CallKind.Map ? f(items[i]) : f(...argumentsOf(items[i]));
    if (isThenable(result)) return finishChunk(f, kind, items, starting, results, i, result);
    results[i] = result;
  }
  return results;
}

/** @throws TypeError in Python's words for an item of `starmap` that is no list of arguments. */
function argumentsOf(item: unknown): Iterable<unknown> {
  if (Array.isArray(item)) return item as unknown[];
  if (typeof (item as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function')
    return item as Iterable<unknown>;
  throw new TypeError(`'${kindOf(item)}' object is not iterable`);
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
    results[i] = await (kind === CallKind.Map ? f(items[i]) : f(...argumentsOf(items[i])));
  }
  return results;
}
