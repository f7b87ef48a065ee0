import { LIST } from '../util/listing';
import { IndexError, ValueError } from '../util/exceptions';
import { type_name } from '../util/repr';

/**
 * The numbers from `start` up to, not including, `stop`, in steps of `step`. Made by {@link range}.
 *
 * Nothing is stored but the three numbers; it has a `length`, can be iterated again and again, and is equal in value
 * at any process it is sent to.
 */
export class Range implements Iterable<number> {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  /** How many numbers there are: Python's `len(r)`. */
  readonly length: number;

  constructor(start: number, stop: number, step: number) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.start + i * this.step;
  }

  /** All numbers at once, for whoever wants a list of them. */
  [LIST](): number[] {
    const { start, step, length } = this;
    const list = new Array<number>(length);
    for (let i = 0; i < length; i++) list[i] = start + i * step;
    return list;
  }

  /**
   * Python's `r[index]`; a negative index counts from the end.
   *
   * @throws IndexError when there is no such place (where `Array.prototype.at` gives `undefined`).
   */
  at(index: number): number {
    const place = integer(index) < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) throw new IndexError('range object index out of range');
    return this.start + place * this.step;
  }

  /** Python's `r[start:stop]`: a range again. */
  slice(start = 0, stop = this.length): Range {
    const clip = (index: number) =>
      Math.min(this.length, Math.max(0, integer(index) < 0 ? index + this.length : index));
    return new Range(this.start + clip(start) * this.step, this.start + clip(stop) * this.step, this.step);
  }

  /** Python's `value in r`, in constant time. */
  includes(value: unknown): boolean {
    return this.#place(value) !== -1;
  }

  /** Python's `r.count(value)`. */
  count(value: unknown): number {
    return this.includes(value) ? 1 : 0;
  }

  /**
   * The place of a value.
   *
   * @throws ValueError when it is not in the range (where `Array.prototype.indexOf` gives -1).
   */
  index(value: number): number {
    const place = this.#place(value);
    if (place === -1) throw new ValueError(`${value} is not in range`);
    return place;
  }

  /** `range(0, 10)`, or `range(0, 10, 2)`: what Python prints. */
  toString(): string {
    const step = this.step === 1 ? '' : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${step})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #place(value: unknown): number {
    if (typeof value !== 'number') return -1;
    const place = (value - this.start) / this.step;
    return Number.isInteger(place) && place >= 0 && place < this.length ? place : -1;
  }
}

/**
 * Python's `range`: lazy, sized, and iterable as often as needed.
 *
 * @throws TypeError for what is not a whole number, and for too few or too many arguments.
 * @throws ValueError for a step of zero.
 * @example
 * [...range(3)]; // [0, 1, 2]
 * [...range(10, 0, -3)]; // [10, 7, 4, 1]
 * range(20_000).length; // 20000
 */
export function range(...args: [stop: number] | [start: number, stop: number, step?: number]): Range {
  const [first, second, step = 1] = args as readonly unknown[];
  if (first === undefined) throw new TypeError('range expected at least 1 argument, got 0');
  const count: number = args.length;
  if (count > 3) throw new TypeError(`range expected at most 3 arguments, got ${count}`);
  if (integer(step) === 0) throw new ValueError('range() arg 3 must not be zero');
  if (second === undefined) return new Range(0, integer(first), integer(step));
  return new Range(integer(first), integer(second), integer(step));
}

function integer(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const name = typeof value === 'number' ? 'float' : type_name(value);
  throw new TypeError(`'${name}' object cannot be interpreted as an integer`);
}
