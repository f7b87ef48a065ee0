import { ByteArray, Float, FrozenSet, Tuple } from './values';

/** What may be a key of a dict or in a set: by Python's rules, where equal is what is of equal value. */

/** How deep things may lie in each other to be written: CPython's limit of recursion. */
export const MOST_DEPTH = 1000;

const unhashable = (name: string): TypeError => new TypeError(`unhashable type: '${name}'`);

/** @throws TypeError as Python does, for what can change. */
export function hashable<T>(key: T): T {
  if (typeof key === 'object' && key !== null) {
    if (Array.isArray(key)) {
      if (!(key instanceof Tuple)) throw unhashable('list');
    } else if (key instanceof Map) throw unhashable('dict');
    else if (key instanceof Set) {
      if (!(key instanceof FrozenSet)) throw unhashable('set');
    } else if (key instanceof ByteArray) throw unhashable('bytearray');
  }
  return key;
}

/** As {@link hashable}, of what will be written: Python looks into tuples, and a plain object is a dict there. */
export function hashableToPython(key: unknown, depth = 0): void {
  if (typeof key !== 'object' || key === null) return;
  hashable(key);
  if (key instanceof Tuple) {
    // Deeper than that is refused by the writer, in its own words.
    if (depth < MOST_DEPTH) for (const each of key) hashableToPython(each, depth + 1);
    return;
  }
  const prototype = Object.getPrototypeOf(key) as object | null;
  if (prototype === Object.prototype || prototype === null) throw unhashable('dict');
  if (ArrayBuffer.isView(key) && !(key instanceof Uint8Array)) throw unhashable('array.array');
}

/** Puts into a dict what was read. Two NaNs are two keys there, and one here: the second is a {@link Float}. */
export function setItem(dict: Map<unknown, unknown>, key: unknown, value: unknown): void {
  dict.set(typeof key === 'string' ? key : distinct(dict, key), value);
}

/** As {@link setItem}, into a set. */
export function addItem(set: Set<unknown>, item: unknown): void {
  set.add(typeof item === 'string' ? item : distinct(set, item));
}

/** The items of a `frozenset`. */
export function distinctItems(items: readonly unknown[]): Set<unknown> {
  const set = new Set();
  for (let i = 0; i < items.length; i++) addItem(set, items[i]);
  return set;
}

function distinct(of: { has(key: unknown): boolean }, key: unknown): unknown {
  if (typeof key === 'number') return Number.isNaN(key) && of.has(key) ? new Float(key) : key;
  return hashable(key);
}

/**
 * Is the key, in Python, the same as another one of these, which are different ones here? `1`, `true`, `1n` and 1.0.
 * One of them would be lost. (Tuples and bytes of equal content are not looked for.)
 */
export function isDouble(of: { has(key: unknown): boolean }, key: unknown): boolean {
  switch (typeof key) {
    case 'undefined':
      return of.has(null);
    case 'boolean':
      return of.has(Number(key)) || of.has(BigInt(key));
    case 'bigint':
      return of.has(Number(key)) && BigInt(Number(key)) === key;
    default:
      return key instanceof Float && !Number.isNaN(key.value) && isDoubleFloat(of, key.value);
  }
}

function isDoubleFloat(of: { has(key: unknown): boolean }, value: number): boolean {
  if (of.has(value) || (Number.isInteger(value) && of.has(BigInt(value)))) return true;
  return (value === 0 && of.has(false)) || (value === 1 && of.has(true));
}
