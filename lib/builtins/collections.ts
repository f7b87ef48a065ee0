import { type_name } from '../util/repr';

/** What Python's `dict` takes: a mapping, or pairs. */
export type DictSource<K, V> = Iterable<readonly [K, V]> | { items(): Iterable<readonly [K, V]> };

/**
 * Python's `dict`: a new `Map` of a mapping (anything with `items()`, such as the proxy of a dict in
 * `multiprocessing-ts/sync`), or of pairs.
 *
 * @throws TypeError for what is neither.
 * @example
 * print(dict([['a', 1]])); // {'a': 1}
 */
export function dict<K = unknown, V = unknown>(source: DictSource<K, V> = []): Map<K, V> {
  const given = source as unknown;
  if (typeof given === 'object' && given !== null) {
    // Not by `in`: what that says of a proxy is which keys it has.
    if (typeof (given as { items?: unknown }).items === 'function') {
      return new Map((source as { items(): Iterable<readonly [K, V]> }).items());
    }
    if (Symbol.iterator in given) return new Map(source as Iterable<readonly [K, V]>);
  }
  throw new TypeError(`'${type_name(given)}' object is not iterable`);
}

/**
 * Python's `list`: a new array of what an iterable gives.
 *
 * @throws TypeError for what is no iterable.
 * @example
 * print(list(range(3))); // [0, 1, 2]
 */
export function list<T>(values: Iterable<T> = []): T[] {
  const given = values as unknown;
  if (
    typeof given !== 'string' &&
    !(typeof given === 'object' && given !== null && Symbol.iterator in given)
  ) {
    throw new TypeError(`'${type_name(given)}' object is not iterable`);
  }
  return [...values];
}
