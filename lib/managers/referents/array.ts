import { types } from 'node:util';
import { IndexError, ValueError } from '../../errors';
import { float_repr, repr, type_name } from '../../util/repr';
import { placesOf } from '../../util/slices';
import { Slice } from '../slice';
import { withContent } from './referent_of';
import { typeOf, type ArrayType } from './array_types';
import { itemsOf } from './values';

/** Python's `array.array`: values of one type of C, which nothing else is put into. */
export class PythonArray {
  static readonly parameters = { __init__: ['typecode', 'sequence', 'lock'] };

  readonly #type: ArrayType;
  #items: unknown[];

  /** Not to be called: see {@link array}. */
  constructor(type: ArrayType, items: unknown[]) {
    this.#type = type;
    this.#items = items;
  }

  /** A typed array; what JavaScript has none for is a list. */
  __getvalue__(): unknown {
    return this.#type.pack(this.#items);
  }

  __len__(): number {
    return this.#items.length;
  }

  __getitem__(index: unknown): unknown {
    if (!(index instanceof Slice)) return this.#items[this.#place(index, 'array index out of range')];
    const { start, step, count } = placesOf(this.#items.length, index.start, index.stop, index.step);
    return this.#type.pack(Array.from({ length: count }, (_, i) => this.#items[start + i * step]));
  }

  __setitem__(index: unknown, value: unknown): void | Promise<void> {
    if (!(index instanceof Slice)) {
      const place = this.#place(index, 'array assignment index out of range');
      this.#items[place] = this.#type.check(value);
      return;
    }
    return withContent(value, (content) => {
      const { start, step, count } = placesOf(this.#items.length, index.start, index.stop, index.step);
      const given = this.#ownKind(content);
      if ((index.step ?? 1) === 1) {
        this.#items.splice(start, count, ...given);
        return;
      }
      if (given.length !== count) {
        throw new ValueError(
          `attempt to assign array of size ${given.length} to extended slice of size ${count}`,
        );
      }
      given.forEach((each, i) => (this.#items[start + i * step] = each));
    });
  }

  #ownKind(content: unknown): unknown[] {
    if (!types.isTypedArray(content) || types.isUint8Array(content)) {
      throw new TypeError(`can only assign array (not "${type_name(content)}") to array slice`);
    }
    if (!this.#type.isOwn(content)) throw new TypeError('bad argument type for built-in operation');
    return Array.from(content as Iterable<unknown>, (each) => this.#type.check(each));
  }

  #place(index: unknown, text: string): number {
    if (typeof index !== 'boolean' && typeof index !== 'bigint' && !Number.isInteger(index)) {
      throw new TypeError('array indices must be integers');
    }
    const place = Number(index) < 0 ? Number(index) + this.#items.length : Number(index);
    if (place >= 0 && place < this.#items.length) return place;
    throw new IndexError(text);
  }

  __repr__(): string {
    const { code, isReal } = this.#type;
    if (this.#items.length === 0) return `array('${code}')`;
    if (code === 'u') return `array('u', ${repr(this.#items.join(''))})`;
    const texts = isReal ? (this.#items as number[]).map(float_repr) : this.#items.map(String);
    return `array('${code}', [${texts.join(', ')}])`;
  }
  toString(): string {
    return this.__repr__();
  }
}

/** Makes an array: Python's `Array(typecode, sequence)`. */
export function array(typecode: unknown, sequence: unknown): PythonArray | Promise<PythonArray> {
  const type = typeOf(typecode);
  return withContent(sequence, (content) => {
    if (typeof content === 'string' && type.code !== 'u') {
      throw new TypeError(`cannot use a str to initialize an array with typecode '${type.code}'`);
    }
    const items = types.isUint8Array(content) ? type.unpack(content) : itemsOf(content);
    const checked = items.map((each) => type.check(each));
    return new PythonArray(type, checked);
  });
}
