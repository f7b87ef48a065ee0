import { types } from 'node:util';
import { Float, FrozenSet, Global, Tuple } from '../../pickle/values';
import { isPlain } from '../../util/keywords';
import { type_name } from '../../util/repr';
import './texts';

/** Python's comparisons and hashes, of values as they come to a server. */

type Numeric = number | bigint;

/** What Python takes for a number: `True` is 1. */
function numeric(value: unknown): Numeric | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Float ? value.value : null;
}

const isNone = (value: unknown): boolean => value === null || value === undefined;

/** Is it a dict? A plain object is one whose keys are strings. */
export const isDict = (value: unknown): value is Map<unknown, unknown> | Record<string, unknown> =>
  typeof value === 'object' && value !== null && (types.isMap(value) || isPlain(value));

/** The pairs of a dict. */
export const pairsIn = (dict: Map<unknown, unknown> | Record<string, unknown>): [unknown, unknown][] =>
  dict instanceof Map ? [...dict] : Object.entries(dict);

const isTuple = (value: unknown): boolean => value instanceof Tuple;

/** Objects that are hashed by what they are, not by what is in them. */
const identities = new WeakMap<WeakKey, number>();
let lastIdentity = 0;

/** Marks what is no text: no text that is a key of its own begins with it. */
const MARK = '\0';

/**
 * What stands for a value among the keys of a `Map`: equal for values that are equal in Python. `1`, `1n`, `true` and
 * 1.0 are one key; tuples, frozensets and bytes are compared by their content.
 *
 * @throws TypeError for what Python cannot hash.
 */
export function hashOf(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? `${MARK}s${value}` : value;
  if (isNone(value)) return null;
  const number = numeric(value);
  if (number !== null) return hashOfNumber(number);
  if (typeof value === 'object') {
    const content = hashOfContent(value as object);
    if (content !== null) return content;
  }
  return value;
}

/** Integers are numbers as far as they are exact, else bigints. No NaN is another one. */
function hashOfNumber(number: Numeric): unknown {
  if (typeof number === 'bigint') {
    const near = Number(number);
    return Number.isSafeInteger(near) ? near : number;
  }
  if (Number.isNaN(number)) return Symbol('nan');
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(number) : number;
}

function hashOfContent(value: object): string | null {
  if (Array.isArray(value)) {
    if (!isTuple(value)) throw unhashable(value);
    return `${MARK}t${value.map(partOf).join('')}`;
  }
  if (types.isSet(value)) {
    if (!(value instanceof FrozenSet)) throw unhashable(value);
    return frozenHash(value);
  }
  if (types.isUint8Array(value)) {
    if (type_name(value) !== 'bytes') throw unhashable(value);
    return `${MARK}b${Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')}`;
  }
  if (isDict(value) || ArrayBuffer.isView(value)) throw unhashable(value);
  if (types.isDate(value)) return `${MARK}d${value.getTime()}`;
  return value instanceof Global ? `${MARK}g${String(value)}` : null;
}

/** The hash of a set whose items do not change. */
export const frozenHash = (items: Iterable<unknown>): string =>
  `${MARK}f${Array.from(items, partOf).sort().join('')}`;

/** A part of a hash, from which its end can be told. */
function partOf(value: unknown): string {
  const hash = hashOf(value);
  const kind = typeof hash;
  let text = String(hash);
  if ((kind === 'object' && hash !== null) || kind === 'function' || kind === 'symbol') {
    const key = hash as WeakKey;
    let identity = identities.get(key);
    if (identity === undefined) identities.set(key, (identity = ++lastIdentity));
    text = String(identity);
  }
  // A number and a bigint are never equal here: each integer has one of the two.
  return `${kind === 'bigint' ? 'number' : kind}:${text.length}:${text}`;
}

function unhashable(value: object): TypeError {
  const name =
    ArrayBuffer.isView(value) && type_name(value) !== 'bytearray' ? 'array.array' : type_name(value);
  return new TypeError(`unhashable type: '${name}'`);
}

/** Python's `a == b`. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [x, y] = [numeric(a), numeric(b)];
  // eslint-disable-next-line eqeqeq -- exact for a number and a bigint
  if (x !== null || y !== null) return x !== null && y !== null && x == y;
  if (isNone(a)) return isNone(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isTuple(a) === isTuple(b) && isEqualList(a, b);
  if (types.isUint8Array(a)) return types.isUint8Array(b) && Buffer.compare(a, b) === 0;
  if (types.isSet(a)) return types.isSet(b) && a.size === b.size && isWithin(a, b);
  if (types.isTypedArray(a)) {
    if (!types.isTypedArray(b) || types.isUint8Array(b)) return false;
    return isEqualList([...(a as Iterable<unknown>)], [...(b as Iterable<unknown>)]);
  }
  if (isDict(a)) return isDict(b) && isEqualDict(a, b);
  return hashOf(a) === hashOf(b);
}

const isEqualList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, i) => isEqual(each, b[i]));

function isEqualDict(
  a: Map<unknown, unknown> | Record<string, unknown>,
  b: Map<unknown, unknown> | Record<string, unknown>,
): boolean {
  const [mine, others] = [pairsIn(a), pairsIn(b)];
  if (mine.length !== others.length) return false;
  const known = new Map(others.map(([key, value]) => [hashOf(key), value]));
  return mine.every(([key, value]) => {
    const hash = hashOf(key);
    return known.has(hash) && isEqual(value, known.get(hash));
  });
}

/** Is every item of a set in another one? */
function isWithin(a: Iterable<unknown>, b: Iterable<unknown>): boolean {
  const hashes = new Set(Array.from(b, hashOf));
  return Array.from(a, hashOf).every((hash) => hashes.has(hash));
}

/**
 * Python's `a < b`.
 *
 * @throws TypeError for values that have no order.
 */
export function isLess(a: unknown, b: unknown): boolean {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== null && y !== null) return x < y;
  if (typeof a === 'string' && typeof b === 'string') return isLessText(a, b);
  if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) return isLessList(a, b);
  if (types.isUint8Array(a) && types.isUint8Array(b)) return Buffer.compare(a, b) < 0;
  if (types.isSet(a) && types.isSet(b)) return a.size < b.size && isWithin(a, b);
  if (types.isDate(a) && types.isDate(b)) return a < b;
  throw new TypeError(`'<' not supported between instances of '${type_name(a)}' and '${type_name(b)}'`);
}

/** By characters: those of two units come behind all of one. */
function isLessText(a: string, b: string): boolean {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const [highX, highY] = [isSurrogate(x), isSurrogate(y)];
    return highX === highY ? x < y : highY;
  }
  return a.length < b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

function isLessList(a: readonly unknown[], b: readonly unknown[]): boolean {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (!isEqual(a[i], b[i])) return isLess(a[i], b[i]);
  return a.length < b.length;
}

/**
 * The items of what Python can iterate; of a dict its keys, of text its characters.
 *
 * @throws TypeError for anything else.
 */
export function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'string') return Array.from(value);
  if (isDict(value)) return pairsIn(value).map(([key]) => key);
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>);
  }
  throw new TypeError(`'${type_name(value)}' object is not iterable`);
}
