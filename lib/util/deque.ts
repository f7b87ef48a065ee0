/** The smallest ring; a power of two, so that a mask wraps an index. */
const SMALLEST = 16;
/** A ring larger than this is let go when it runs empty: a burst does not keep its memory. */
const KEPT = 1024;

/**
 * A queue with two ends. Every operation but the iteration takes constant time, whatever the length: the task
 * queue of a pool holds a million calls as easily as ten.
 */
export class Deque<T> implements Iterable<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(SMALLEST);
  #head = 0;
  #length = 0;

  constructor(values: Iterable<T> = []) {
    for (const value of values) this.push(value);
  }

  get length(): number {
    return this.#length;
  }

  /** What `shift` would take. */
  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  /** Adds at the end. */
  push(value: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = value;
    this.#length++;
  }

  /** Adds at the front: what comes back is served first. */
  unshift(value: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = value;
    this.#length++;
  }

  /** Takes from the front; `undefined` when empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    if (this.#length === 0 && this.#ring.length > KEPT) this.clear();
    return value;
  }

  /** Takes from the end; `undefined` when empty. */
  pop(): T | undefined {
    if (this.#length === 0) return undefined;
    this.#length--;
    const index = (this.#head + this.#length) & (this.#ring.length - 1);
    const value = this.#ring[index];
    this.#ring[index] = undefined;
    if (this.#length === 0 && this.#ring.length > KEPT) this.clear();
    return value;
  }

  /** The value at `index` from the front, or from the end when negative; `undefined` outside. */
  at(index: number): T | undefined {
    const place = index < 0 ? index + this.#length : index;
    if (place < 0 || place >= this.#length) return undefined;
    return this.#ring[(this.#head + place) & (this.#ring.length - 1)];
  }

  clear(): void {
    this.#ring = new Array<T | undefined>(SMALLEST);
    this.#head = 0;
    this.#length = 0;
  }

  /** From front to end. What is added or taken meanwhile shifts the view: copy first where that matters. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this.#length; i++) yield this.at(i) as T;
  }

  #grow(): void {
    const size = this.#ring.length;
    const ring = new Array<T | undefined>(size * 2);
    for (let i = 0; i < size; i++) ring[i] = this.#ring[(this.#head + i) & (size - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
