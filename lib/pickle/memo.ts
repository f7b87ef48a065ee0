import { UnpicklingError } from '../errors';

const HOLE = Symbol('hole');

/** The values that a pickle names again. Its places are numbered one after the other by whoever writes. */
export class Memo {
  readonly #values: unknown[] = [];
  /** A place takes two bytes at least to be named, so there cannot be more than the input has bytes. */
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(value: unknown): void {
    this.#values.push(value);
  }

  put(index: number, value: unknown): void {
    const values = this.#values;
    if (index > this.#most) throw new UnpicklingError(`memo index ${index} is more than there can be values`);
    while (values.length < index) values.push(HOLE);
    values[index] = value;
  }

  get(index: number): unknown {
    const value = this.#values[index];
    if (value === undefined || value === HOLE) {
      throw new UnpicklingError(`Memo value not found at index ${index}`);
    }
    return value;
  }
}
