import { types } from 'node:util';
import { IndexError, ValueError } from '../errors';
import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { GET_ITEM, Indexed, SET_ITEM } from '../util/indexed';
import { type_name } from '../util/repr';
import { placesOf, type Bound } from '../util/slices';
import { characters, type Cells, type Char, type View } from './cells';
import {
  c_char,
  c_wchar,
  keep,
  typeNamed,
  type AnyCType,
  type CType,
  type ReadOf,
  type SliceOf,
  type ViewOfType,
  type WriteOf,
} from './types';

/** What travels of an array. */
interface SharedCArray {
  readonly type: string;
  readonly shared: SharedBlock;
  readonly length: number;
}

/**
 * Values of one C type in shared memory, without a lock: what {@link RawArray} gives.
 *
 * Items are read and written as in Python: `array[0]`, `array[-1] = 5`. For many of them, `buffer` is much faster.
 */
export class CArray<Read, Write, V extends View = View, Slice = Read[]> extends Indexed {
  static readonly [REDUCE] = {
    reduce: (array: AnyCArray): SharedCArray => ({
      type: array.#type.name,
      shared: array.#block.share(),
      length: array.length,
    }),
    rebuild: ({ type, shared, length }: SharedCArray): AnyCArray =>
      arrayAt(typeNamed(type), Block.at(shared), length),
  };

  /** `array[-1]` is the last one. @throws IndexError if there is no such place. */
  [index: number]: Read;
  readonly #type: CType<Read, Write, V, Slice>;
  readonly #block: Block;
  readonly #cells: Cells<Read, Write, V, Slice>;
  /** How many values it has: Python's `len(array)`. */
  readonly length: number;

  /** Not to be called: see {@link RawArray}. */
  constructor(type: CType<Read, Write, V, Slice>, block: Block, length: number) {
    super();
    this.#type = type;
    this.#block = block;
    this.#cells = type.cells(block.piece, length);
    this.length = length;
  }

  /** Not for users. */
  get cells(): Cells<Read, Write, V, Slice> {
    return this.#cells;
  }

  /** The type of its values. */
  get type(): CType<Read, Write, V, Slice> {
    return this.#type;
  }

  /**
   * The memory itself, as a typed array: for numeric code, which runs at full speed on it. Nothing is checked there,
   * and values are those of the typed array: bigints for integers of 8 bytes, numbers for characters.
   */
  get buffer(): V {
    keep(this.#block);
    return this.#cells.view;
  }

  /**
   * The value at a place, as `array[index]`; but its type never says `undefined`.
   *
   * @param index - negative ones count from the end.
   * @throws IndexError if there is no such place.
   */
  at(index: number): Read {
    return this.#cells.get(this.#place(index));
  }

  /**
   * Python's `array[start:stop:step]`: a list; of characters, bytes or text.
   *
   * @throws ValueError for steps of 0.
   */
  slice(start?: Bound, stop?: Bound, step?: Bound): Slice {
    return this.#cells.slice(placesOf(this.length, start, stop, step));
  }

  /**
   * Python's `array[start:stop:step] = values`.
   *
   * @throws ValueError if there are more values than places, or fewer.
   * @throws TypeError for values that the type does not take; those before are written then.
   */
  set_slice(start: Bound, stop: Bound, values: Iterable<Write>, step?: Bound): void {
    const places = placesOf(this.length, start, stop, step);
    const list = Array.from(values);
    if (list.length !== places.count) throw new ValueError('Can only assign sequence of same size');
    for (let i = 0; i < list.length; i++) this.#cells.set(places.start + i * places.step, list[i] as Write);
  }

  *[Symbol.iterator](): Generator<Read, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.#cells.get(i);
  }

  [GET_ITEM](index: number): Read {
    return this.at(index);
  }

  [SET_ITEM](index: number, value: Write): void {
    this.#cells.set(this.#place(index), value);
  }

  #place(index: number): number {
    const place = index < 0 ? index + this.length : index;
    if (place >= 0 && place < this.length) return place;
    throw new IndexError('invalid index');
  }

  /** `<multiprocessing.sharedctypes.c_int_Array_3 object at 0x7f0000000040>` */
  override toString(): string {
    const name = `${this.#type.name}_Array_${this.length}`;
    return `<multiprocessing.sharedctypes.${name} object at ${addressOf(this)}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

export type AnyCArray = CArray<unknown, never, View, unknown>;

/** An array of `c_char`: bytes. */
export class CharArray extends CArray<Buffer, Char, Uint8Array, Buffer> {
  /** The bytes up to the first NUL; a shorter text that is written ends with one. */
  get value(): Buffer {
    const bytes = this.raw;
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  set value(value: Uint8Array) {
    if (!types.isUint8Array(value)) {
      throw new TypeError(`bytes expected instead of ${type_name(value)} instance`);
    }
    this.raw = value;
    if (value.length < this.length) this.cells.view[value.length] = 0;
  }

  /** All bytes. What is written may be shorter: the bytes behind it stay. */
  get raw(): Buffer {
    return this.slice();
  }
  set raw(value: Uint8Array) {
    if (!types.isUint8Array(value)) {
      throw new TypeError(`a bytes-like object is required, not '${type_name(value)}'`);
    }
    if (value.length > this.length) throw new ValueError('byte string too long');
    this.cells.view.set(value);
  }
}

/** An array of `c_wchar`: text. */
export class WcharArray extends CArray<string, string, Uint32Array, string> {
  /** The text up to the first NUL; a shorter one that is written ends with one. */
  get value(): string {
    const [text] = this.slice().split('\0', 1);
    return text as string;
  }
  set value(value: string) {
    const chars = characters(value);
    if (chars.length > this.length) throw new ValueError('string too long');
    if (chars.length < this.length) chars.push('\0');
    this.set_slice(0, chars.length, chars);
  }
}

/** The array of so many values of a type in a block. */
export function arrayAt(type: AnyCType, block: Block, length: number): AnyCArray {
  if (type === (c_char as unknown)) return new CharArray(c_char, block, length);
  if (type === (c_wchar as unknown)) return new WcharArray(c_wchar, block, length);
  return new CArray(type, block, length);
}

/** What {@link RawArray} of the type gives. */
export type RawArrayOf<T> = T extends 'c' | typeof c_char
  ? CharArray
  : T extends 'u' | typeof c_wchar
    ? WcharArray
    : CArrayOf<T>;
type CArrayOf<T> = CArray<ReadOf<T>, WriteOf<T>, ViewOfType<T>, SliceOf<T>>;
