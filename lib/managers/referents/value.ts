import { repr } from '../../util/repr';

/** Python's `multiprocessing.managers.Value`: it holds anything, whatever its typecode says. */
export class Value {
  static readonly parameters = { __init__: ['typecode', 'value', 'lock'], set: ['value'] };

  readonly #typecode: unknown;
  #value: unknown;

  constructor(typecode: unknown, value: unknown) {
    this.#typecode = typecode;
    this.#value = value;
  }

  get(): unknown {
    return this.#value;
  }

  set(value: unknown): void {
    this.#value = value;
  }

  __repr__(): string {
    return `Value(${repr(this.#typecode)}, ${repr(this.#value)})`;
  }
  toString(): string {
    return this.__repr__();
  }
}
