import { ZeroDivisionError } from '../util/exceptions';
import { type_name } from '../util/repr';

type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

/** What {@link len} can measure. */
export type Sized = string | { readonly length: number } | { readonly size: number } | object;

/**
 * Python's `len`: of strings (characters, not UTF-16 units), arrays, ranges, maps, sets, and the keys of a plain
 * object.
 *
 * @throws TypeError for what has no length.
 */
export function len(value: Sized): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (typeof value === 'object' && (value as unknown) !== null) {
    if ('length' in value && typeof value.length === 'number') return value.length;
    if ('size' in value && typeof value.size === 'number') return value.size;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return Object.keys(value).length;
  }
  throw new TypeError(`object of type '${type_name(value)}' has no len()`);
}

/**
 * Python's `enumerate`: pairs of a counter and a value.
 *
 * Of an asynchronous iterable it makes one: `for await (const [i, result] of enumerate(pool.imap(f, xs)))`.
 *
 * @example
 * for (const [i, name] of enumerate(['a', 'b'])) print(i, name);
 */
export function enumerate<T>(values: Iterable<T>, start?: number): Generator<[number, T], void, undefined>;
export function enumerate<T>(
  values: AnyIterable<T>,
  start?: number,
): AsyncGenerator<[number, T], void, undefined>;
export function enumerate<T>(
  values: AnyIterable<T>,
  start = 0,
): Generator<[number, T], void, undefined> | AsyncGenerator<[number, T], void, undefined> {
  return isSync(values) ? enumerateSync(values, start) : enumerateAsync(values, start);
}

function* enumerateSync<T>(values: Iterable<T>, start: number): Generator<[number, T], void, undefined> {
  let i = start;
  for (const value of values) yield [i++, value];
}

async function* enumerateAsync<T>(
  values: AsyncIterable<T>,
  start: number,
): AsyncGenerator<[number, T], void, undefined> {
  let i = start;
  for await (const value of values) yield [i++, value];
}

/**
 * Python's `zip`: tuples of the first values, the second values … until the shortest ends.
 *
 * With an asynchronous iterable among them it makes an asynchronous one:
 * `for await (const [x, y] of zip(xs, executor.map(f, xs)))`.
 *
 * @example
 * [...zip([1, 2], 'ab')]; // [[1, 'a'], [2, 'b']]
 */
export function zip<T extends readonly unknown[]>(
  ...iterables: { [K in keyof T]: Iterable<T[K]> }
): Generator<T, void, undefined>;
export function zip<T extends readonly unknown[]>(
  ...iterables: { [K in keyof T]: AnyIterable<T[K]> }
): AsyncGenerator<T, void, undefined>;
export function zip(
  ...iterables: AnyIterable<unknown>[]
): Generator<unknown[], void, undefined> | AsyncGenerator<unknown[], void, undefined> {
  return iterables.every(isSync) ? zipSync(iterables) : zipAsync(iterables);
}

function* zipSync(iterables: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const iterators = iterables.map((each) => each[Symbol.iterator]());
  if (iterators.length === 0) return;
  try {
    for (;;) {
      const tuple: unknown[] = [];
      for (const iterator of iterators) {
        const result = iterator.next();
        if (result.done === true) return;
        tuple.push(result.value);
      }
      yield tuple;
    }
  } finally {
    // A generator that still had values may hold something open.
    for (const iterator of iterators) iterator.return?.();
  }
}

/** One after the other, as in Python: what comes behind an iterable that has ended is not asked. */
async function* zipAsync(
  iterables: readonly AnyIterable<unknown>[],
): AsyncGenerator<unknown[], void, undefined> {
  const iterators = iterables.map((each) =>
    isSync(each) ? each[Symbol.iterator]() : each[Symbol.asyncIterator](),
  );
  try {
    for (;;) {
      const tuple: unknown[] = [];
      for (const iterator of iterators) {
        const result = await iterator.next();
        if (result.done === true) return;
        tuple.push(result.value);
      }
      yield tuple;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** What can be iterated either way is iterated as it is typed: synchronously. */
function isSync<T>(values: AnyIterable<T>): values is Iterable<T> {
  return !(Symbol.asyncIterator in Object(values)) || Symbol.iterator in Object(values);
}

/**
 * Python's `/`, which is `operator.truediv`: the quotient of two numbers, where JavaScript's `/` makes Infinity or NaN of
 * a division by zero.
 *
 * @throws ZeroDivisionError when `b` is zero.
 * @example
 * truediv(7, 2); // 3.5
 */
export function truediv(a: number, b: number): number {
  if (b === 0) throw new ZeroDivisionError('division by zero');
  return a / b;
}

/**
 * Python's `divmod`: quotient and remainder, rounded down, so the remainder has the sign of `b` (unlike `%`).
 *
 * @throws ZeroDivisionError when `b` is zero.
 * @example
 * divmod(-7, 2); // [-4, 1]
 */
export function divmod(a: number, b: number): [number, number] {
  if (b === 0) throw new ZeroDivisionError('integer division or modulo by zero');
  const quotient = Math.floor(a / b);
  return [quotient, a - quotient * b];
}

/** Python's `sum` of numbers, from `start` on. */
export function sum(values: Iterable<number>, start = 0): number {
  let total = start;
  for (const value of values) total += value;
  return total;
}

/** The keywords of {@link sorted}. */
export interface SortedOptions<T> {
  /** What to compare instead of the values. @default the values */
  readonly key?: (value: T) => unknown;
  /** Largest first; equal ones keep their order, as in Python. @default false */
  readonly reverse?: boolean;
}

/**
 * Python's `sorted`: a new array in order; numbers by value (where `Array.prototype.sort` compares their text),
 * strings by code point, arrays element by element.
 *
 * @throws TypeError for values that have no order between them.
 * @example
 * sorted([10, 9, 1]); // [1, 9, 10]
 */
export function sorted<T>(values: Iterable<T>, options: SortedOptions<T> = {}): T[] {
  const { key = (value: T): unknown => value, reverse = false } = options;
  const sign = reverse ? -1 : 1;
  return Array.from(values, (value) => ({ value, key: key(value) }))
    .sort((a, b) => sign * compare(a.key, b.key))
    .map(({ value }) => value);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  throw new TypeError(`'<' not supported between instances of '${type_name(b)}' and '${type_name(a)}'`);
}

/** By code point: `<` compares UTF-16 units, which puts U+1F600 before U+FF01. */
function compareText(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length;) {
    const left = a.codePointAt(i) ?? 0;
    const right = b.codePointAt(i) ?? 0;
    if (left !== right) return left - right;
    i += left > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}

function isNumeric(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}
