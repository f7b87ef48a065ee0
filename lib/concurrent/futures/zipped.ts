import { isAsyncIterable } from '../../pool/arguments';
import { isListable, LIST } from '../../util/listing';

/** The argument lists of a map: the first items of all inputs, the second items … to the end of the shortest. */
export type ArgumentLists = Iterator<unknown[]> | AsyncIterator<unknown[]>;

export const isAsync = (lists: ArgumentLists): lists is AsyncIterator<unknown[]> =>
  Symbol.asyncIterator in lists;

export function zipped(iterables: readonly unknown[]): ArgumentLists {
  return iterables.some(isAsyncIterable)
    ? zipAsync(iterables as (Iterable<unknown> | AsyncIterable<unknown>)[])
    : zipSync(iterables as Iterable<unknown>[]);
}

function* zipSync(iterables: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const only = iterables[0];
  if (iterables.length === 1 && only !== undefined) {
    for (const item of isListable(only) ? only[LIST]() : only) yield [item];
    return;
  }
  const iterators = iterables.map((each) => each[Symbol.iterator]());
  try {
    while (iterators.length > 0) {
      const list: unknown[] = [];
      for (const iterator of iterators) {
        const next = iterator.next();
        if (next.done === true) return;
        list.push(next.value);
      }
      yield list;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

async function* zipAsync(
  iterables: readonly (Iterable<unknown> | AsyncIterable<unknown>)[],
): AsyncGenerator<unknown[], void, undefined> {
  const iterators = iterables.map((each) =>
    Symbol.asyncIterator in each ? each[Symbol.asyncIterator]() : each[Symbol.iterator](),
  );
  try {
    for (;;) {
      const list: unknown[] = [];
      for (const iterator of iterators) {
        const next = await iterator.next();
        if (next.done === true) return;
        list.push(next.value);
      }
      yield list;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}
