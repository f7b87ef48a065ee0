import { IndexError, ValueError } from '../../errors';
import { repr, type_name } from '../../util/repr';
import { placesOf } from '../../util/slices';
import { isThenable } from '../../util/thenable';
import { Slice } from '../slice';
import { checkCount, checkOne } from './errors';
import { Iterator } from './iterator';
import { integerOf } from './patience';
import { withContent } from './referent_of';
import { isEqual, isLess, itemsOf } from './values';
import { Tuple } from '../../pickle/values';

/** Python's `list`. What is put into it is its own; what is got out of it goes away as a copy. */
export class List {
  static readonly parameters = { sort: ['key', 'reverse'] };

  readonly #items: unknown[];

  constructor(items: unknown[] = []) {
    this.#items = items;
  }

  __getvalue__(): unknown[] {
    return this.#items.slice();
  }

  __len__(): number {
    return this.#items.length;
  }

  __getitem__(index: unknown): unknown {
    if (!(index instanceof Slice)) return this.#items[this.#place(index, 'list index out of range')];
    const { start, step, count } = placesOf(this.#items.length, index.start, index.stop, index.step);
    return step === 1
      ? this.#items.slice(start, start + count)
      : Array.from({ length: count }, (_, i) => this.#items[start + i * step]);
  }

  __setitem__(...args: readonly unknown[]): void | Promise<void> {
    checkCount('', args, 2, 2);
    const [index, value] = args;
    if (index instanceof Slice) return this.#setSlice(index, value);
    this.#items[this.#place(index, 'list assignment index out of range')] = value;
  }

  #setSlice(slice: Slice, value: unknown): void | Promise<void> {
    return withContent(value, (content) => {
      const { start, step, count } = placesOf(this.#items.length, slice.start, slice.stop, slice.step);
      const isRow = (slice.step ?? 1) === 1;
      const given = iterable(
        content,
        isRow ? 'can only assign an iterable' : 'must assign iterable to extended slice',
      );
      if (isRow) {
        this.#items.splice(start, count, ...given);
        return;
      }
      if (given.length !== count) {
        throw new ValueError(
          `attempt to assign sequence of size ${given.length} to extended slice of size ${count}`,
        );
      }
      given.forEach((each, i) => (this.#items[start + i * step] = each));
    });
  }

  __delitem__(index: unknown): void {
    if (!(index instanceof Slice)) {
      this.#items.splice(this.#place(index, 'list assignment index out of range'), 1);
      return;
    }
    const { start, step, count } = placesOf(this.#items.length, index.start, index.stop, index.step);
    const gone = new Set(Array.from({ length: count }, (_, i) => start + i * step));
    this.#replace(this.#items.filter((_, i) => !gone.has(i)));
  }

  __contains__(value: unknown): boolean {
    return this.#items.some((each) => isEqual(each, value));
  }

  __add__(other: unknown): unknown[] | Promise<unknown[]> {
    return withContent(other, (content) => {
      if (!Array.isArray(content) || content instanceof Tuple) {
        throw new TypeError(`can only concatenate list (not "${type_name(content)}") to list`);
      }
      return [...this.#items, ...(content as unknown[])];
    });
  }

  __mul__(times: unknown): unknown[] {
    const count = Math.max(0, integerOf(times));
    return Array.from({ length: count }, () => this.#items).flat();
  }
  __rmul__(times: unknown): unknown[] {
    return this.__mul__(times);
  }
  __imul__(times: unknown): this {
    this.#replace(this.__mul__(times));
    return this;
  }
  async __iadd__(values: unknown): Promise<this> {
    await this.extend(values);
    return this;
  }

  __reversed__(): unknown[] {
    return this.#items.slice().reverse();
  }

  /** It sees what changes meanwhile, as Python's does. */
  __iter__(): Iterator {
    return new Iterator(this.#items[Symbol.iterator]());
  }

  append(...args: readonly unknown[]): void {
    checkOne('list.append', args);
    this.#items.push(args[0]);
  }

  clear(): void {
    this.#items.length = 0;
  }

  copy(): unknown[] {
    return this.#items.slice();
  }

  count(...args: readonly unknown[]): number {
    checkOne('list.count', args);
    return this.#items.filter((each) => isEqual(each, args[0])).length;
  }

  extend(...args: readonly unknown[]): void | Promise<void> {
    checkOne('list.extend', args);
    return withContent(args[0], (content) => {
      for (const each of itemsOf(content)) this.#items.push(each);
    });
  }

  index(...args: readonly unknown[]): number {
    checkCount('index', args, 1, 3);
    const [value, start = 0, stop = this.#items.length] = args;
    const end = Math.min(this.#bound(stop), this.#items.length);
    for (let i = this.#bound(start); i < end; i++) if (isEqual(this.#items[i], value)) return i;
    throw new ValueError(`${repr(value)} is not in list`);
  }

  #bound(value: unknown): number {
    if (
      (typeof value !== 'boolean' && !Number.isInteger(Number(value))) ||
      typeof value === 'string' ||
      value === null
    ) {
      throw new TypeError('slice indices must be integers or have an __index__ method');
    }
    const place = Number(value);
    return place < 0 ? Math.max(0, place + this.#items.length) : place;
  }

  insert(...args: readonly unknown[]): void {
    checkCount('insert', args, 2, 2);
    // As `splice` does, Python takes a place outside for the nearest end.
    this.#items.splice(integerOf(args[0]), 0, args[1]);
  }

  pop(...args: readonly unknown[]): unknown {
    checkCount('pop', args, 0, 1);
    const index = args.length === 0 ? -1 : integerOf(args[0]);
    if (this.#items.length === 0) throw new IndexError('pop from empty list');
    const [value] = this.#items.splice(this.#place(index, 'pop index out of range'), 1);
    return value;
  }

  remove(...args: readonly unknown[]): void {
    checkOne('list.remove', args);
    const place = this.#items.findIndex((each) => isEqual(each, args[0]));
    if (place < 0) throw new ValueError('list.remove(x): x not in list');
    this.#items.splice(place, 1);
  }

  reverse(): void {
    this.#items.reverse();
  }

  /**
   * Python's `sort(*, key=None, reverse=False)`.
   *
   * @param key - called with each item; it may be async.
   */
  sort(key: unknown = null, reverse: unknown = false): void | Promise<void> {
    const isReverse = integerOf(reverse) !== 0;
    if (key !== null && typeof key !== 'function') {
      throw new TypeError(`'${type_name(key)}' object is not callable`);
    }
    const items = this.#items.slice();
    const keys = key === null ? items : items.map((each) => (key as (item: unknown) => unknown)(each));
    if (!keys.some(isThenable)) {
      this.#sortBy(items, keys, isReverse);
      return;
    }
    return Promise.all(keys).then((all) => {
      if (!isSame(items, this.#items)) throw new ValueError('list modified during sort');
      this.#sortBy(items, all, isReverse);
    });
  }

  #sortBy(items: readonly unknown[], keys: readonly unknown[], isReverse: boolean): void {
    const order = Array.from(items.keys());
    // Items that are equal stay in their order, also in reverse.
    order.sort((a, b) => {
      const [x, y] = isReverse ? [keys[b], keys[a]] : [keys[a], keys[b]];
      return isLess(x, y) ? -1 : isLess(y, x) ? 1 : 0;
    });
    this.#replace(order.map((place) => items[place]));
  }

  #replace(items: readonly unknown[]): void {
    this.#items.length = 0;
    for (const each of items) this.#items.push(each);
  }

  #place(index: unknown, text: string): number {
    if (typeof index !== 'boolean' && typeof index !== 'bigint' && !Number.isInteger(index)) {
      throw new TypeError(`list indices must be integers or slices, not ${type_name(index)}`);
    }
    const place = Number(index) < 0 ? Number(index) + this.#items.length : Number(index);
    if (place >= 0 && place < this.#items.length) return place;
    throw new IndexError(text);
  }

  __repr__(): string {
    return repr(this.#items);
  }
  toString(): string {
    return this.__repr__();
  }
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, i) => Object.is(each, b[i]));

function iterable(value: unknown, text: string): unknown[] {
  try {
    return itemsOf(value).slice();
  } catch {
    throw new TypeError(text);
  }
}

/** Makes a list: Python's `list(iterable=())`. */
export function list(...args: readonly unknown[]): List | Promise<List> {
  checkCount('list', args, 0, 1);
  return args.length === 0
    ? new List()
    : withContent(args[0], (content) => new List(itemsOf(content).slice()));
}
