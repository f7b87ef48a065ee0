import { AttributeError } from '../../errors';
import { repr, type_name } from '../../util/repr';

/** Python's `multiprocessing.managers.Namespace`: attributes that anybody sets. */
export class Namespace {
  readonly #attributes: Map<string, unknown>;

  constructor(attributes: object = {}) {
    this.#attributes = new Map(Object.entries(attributes));
  }

  __getattribute__(name: unknown): unknown {
    const key = nameOf(name);
    if (key === '__dict__') return new Map(this.#attributes);
    if (!this.#attributes.has(key)) throw absent(key);
    return this.#attributes.get(key);
  }

  __setattr__(name: unknown, value: unknown): void {
    this.#attributes.set(nameOf(name), value);
  }

  __delattr__(name: unknown): void {
    if (!this.#attributes.delete(nameOf(name))) throw absent(nameOf(name));
  }

  /** Without those whose names begin with `_`, sorted. */
  __repr__(): string {
    const texts = [...this.#attributes]
      .filter(([name]) => !name.startsWith('_'))
      .map(([name, value]) => `${name}=${repr(value)}`);
    return `Namespace(${texts.sort().join(', ')})`;
  }
  toString(): string {
    return this.__repr__();
  }
}

function nameOf(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new TypeError(`attribute name must be string, not '${type_name(name)}'`);
}

const absent = (name: string): AttributeError =>
  new AttributeError(`'Namespace' object has no attribute ${repr(name)}`);
