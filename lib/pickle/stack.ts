import { UnpicklingError } from '../errors';
import { asTuple } from './values';

/** What a pickle works on: values, and marks between them that say where a row of items begins. */
export class Stack {
  /** What lies above the last mark. */
  #top: unknown[] = [];
  /** What lies below it, mark by mark. */
  readonly #below: unknown[][] = [];

  push(value: unknown): void {
    this.#top.push(value);
  }

  /** `undefined` is never on it: Python's None is `null`. */
  pop(): unknown {
    const value = this.#top.pop();
    return value === undefined ? this.#underflow() : value;
  }

  peek(): unknown {
    const top = this.#top;
    return top.length === 0 ? this.#underflow() : top[top.length - 1];
  }

  /** Puts another one in the place of the topmost. */
  replace(value: unknown): void {
    this.#top[this.#top.length - 1] = value;
  }

  mark(): void {
    this.#below.push(this.#top);
    this.#top = [];
  }

  /** Takes all that is above the last mark, and the mark. */
  popMark(): unknown[] {
    const items = this.#top;
    const below = this.#below.pop();
    if (below === undefined) throw new UnpicklingError('could not find MARK');
    this.#top = below;
    return items;
  }

  /** `POP` takes a mark like a value. */
  drop(): void {
    if (this.#top.length > 0) this.#top.pop();
    else if (this.#below.length > 0) this.popMark();
    else this.#underflow();
  }

  /** Makes the topmost values a tuple. */
  tuple(count: number): void {
    const top = this.#top;
    if (top.length < count) this.#underflow();
    const items = top.splice(top.length - count);
    top.push(asTuple(items));
  }

  #underflow(): never {
    throw new UnpicklingError(
      this.#below.length > 0 ? 'unexpected MARK found' : 'unpickling stack underflow',
    );
  }
}
