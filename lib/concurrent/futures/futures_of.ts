import { kindOf } from '../../util/kind_of';
import { isThenable } from '../../util/thenable';
import { FutureCore } from './future_core';

/**
 * The futures of an input, each once, in its order. A map stands for its keys, as a dict does in Python.
 *
 * @param name - the function that takes them, for messages.
 */
export function futuresOf(name: string, fs: unknown): Set<FutureCore<unknown>> {
  const input = fs instanceof Map ? fs.keys() : fs;
  if (typeof (input as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`'${kindOf(fs)}' object is not iterable`);
  }
  const futures = new Set<FutureCore<unknown>>();
  for (const each of input as Iterable<unknown>) {
    if (!(each instanceof FutureCore)) throw notAFuture(name, each);
    futures.add(each);
  }
  return futures;
}

function notAFuture(name: string, value: unknown): TypeError {
  const hint = isThenable(value) ? ': give it the future itself, not its result()' : '';
  return new TypeError(`${name}() takes futures, not '${kindOf(value)}'${hint}`);
}
