import { types } from 'node:util';
import { OverflowError, ValueError } from '../errors';
import type { Piece } from '../native/mapping';
import { float_repr, repr, type_name } from '../util/repr';
import type { Places } from '../util/slices';

/** What Python takes for an integer: a number without a fraction, too. */
export type Integer = number | bigint | boolean;
/** What Python takes for a character of C: a byte, or its number. */
export type Char = Uint8Array | Integer;

/** Views of numbers, by the size of an element and its kind. */
export type SmallView = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
export type LongView = BigInt64Array | BigUint64Array;
export type View = SmallView | LongView | Float32Array | Float64Array;

/**
 * Elements of one C type in shared memory: what is read of each, what may be written. Each element is read and written
 * at once: nobody ever sees the half of what another process has written.
 */
export abstract class Cells<Read, Write, V extends View, Slice = Read[]> {
  /** The memory itself. */
  readonly view: V;

  constructor(view: V) {
    this.view = view;
  }

  abstract get(index: number): Read;

  /** @throws TypeError or OverflowError for a value that the type does not take, in ctypes' words. */
  abstract set(index: number, value: Write): void;

  /** What a slice of them is in Python. */
  abstract slice(places: Places): Slice;

  /** How ctypes writes the value of an element. */
  text(index: number): string {
    return repr(this.get(index));
  }

  /** Writes them from the first on. */
  fill(values: ArrayLike<Write>): void {
    if (types.isTypedArray(values) && this.takes(values)) {
      (this.view as Uint8Array).set(values as Uint8Array);
      return;
    }
    for (let i = 0; i < values.length; i++) this.set(i, values[i] as Write);
  }

  /** May all of these bytes be taken as they are? */
  protected takes(values: NodeJS.TypedArray): boolean {
    return values[Symbol.toStringTag] === this.view[Symbol.toStringTag];
  }

  protected list(places: Places): Read[] {
    const list: Read[] = [];
    for (let i = 0; i < places.count; i++) list.push(this.get(places.start + i * places.step));
    return list;
  }
}

/** Of up to 4 bytes. What is too large loses its upper bits, as in C. */
export class Integers<V extends SmallView> extends Cells<number, Integer, V> {
  get(index: number): number {
    return Atomics.load(this.view, index);
  }
  set(index: number, value: Integer): void {
    const given = integer(value);
    Atomics.store(this.view, index, Number(typeof given === 'bigint' ? BigInt.asIntN(32, given) : given));
  }
  slice(places: Places): number[] {
    return this.list(places);
  }
}

/** Of 8 bytes: a number where one can hold it exactly, else a bigint. */
export class LongIntegers<V extends LongView> extends Cells<number | bigint, Integer, V> {
  get(index: number): number | bigint {
    const exact = Atomics.load(this.view, index);
    const near = Number(exact);
    return Number.isSafeInteger(near) ? near : exact;
  }
  set(index: number, value: Integer): void {
    Atomics.store(this.view, index, BigInt(integer(value)));
  }
  slice(places: Places): (number | bigint)[] {
    return this.list(places);
  }
}

abstract class Reals<V extends Float32Array | Float64Array> extends Cells<number, Integer, V> {
  override text(index: number): string {
    return float_repr(this.get(index));
  }
  slice(places: Places): number[] {
    return this.list(places);
  }
}

/** Floats have no atomic access of their own: their bits go through these. */
const floatBits = new Int32Array(1);
const oneFloat = new Float32Array(floatBits.buffer);
const doubleBits = new BigInt64Array(1);
const oneDouble = new Float64Array(doubleBits.buffer);

export class Floats extends Reals<Float32Array> {
  readonly #bits: Int32Array;
  constructor(view: Float32Array) {
    super(view);
    this.#bits = new Int32Array(view.buffer, view.byteOffset, view.length);
  }
  get(index: number): number {
    floatBits[0] = Atomics.load(this.#bits, index);
    return oneFloat[0] as number;
  }
  set(index: number, value: Integer): void {
    oneFloat[0] = real(value);
    Atomics.store(this.#bits, index, floatBits[0] as number);
  }
}

export class Doubles extends Reals<Float64Array> {
  readonly #bits: BigInt64Array;
  constructor(view: Float64Array) {
    super(view);
    this.#bits = new BigInt64Array(view.buffer, view.byteOffset, view.length);
  }
  get(index: number): number {
    doubleBits[0] = Atomics.load(this.#bits, index);
    return oneDouble[0] as number;
  }
  set(index: number, value: Integer): void {
    oneDouble[0] = real(value);
    Atomics.store(this.#bits, index, doubleBits[0] as bigint);
  }
}

export class Booleans extends Cells<boolean, unknown, Uint8Array> {
  get(index: number): boolean {
    return Atomics.load(this.view, index) !== 0;
  }
  set(index: number, value: unknown): void {
    Atomics.store(this.view, index, Number(Boolean(value)));
  }
  slice(places: Places): boolean[] {
    return this.list(places);
  }
  protected override takes(): boolean {
    return false;
  }
}

/** Bytes; a slice of them is bytes. */
export class Chars extends Cells<Buffer, Char, Uint8Array, Buffer> {
  get(index: number): Buffer {
    return Buffer.of(Atomics.load(this.view, index));
  }
  set(index: number, value: Char): void {
    Atomics.store(this.view, index, byte(value));
  }
  slice({ start, step, count }: Places): Buffer {
    const bytes = Buffer.alloc(count);
    for (let i = 0; i < count; i++) bytes[i] = this.view[start + i * step] as number;
    return bytes;
  }
}

/** Characters of text, of 4 bytes each; a slice of them is text. */
export class Wchars extends Cells<string, string, Uint32Array, string> {
  get(index: number): string {
    const point = Atomics.load(this.view, index);
    if (point <= 0x10ffff) return String.fromCodePoint(point);
    throw new ValueError(`character U+${point.toString(16)} is not in range [U+0000; U+10ffff]`);
  }
  set(index: number, value: string): void {
    const [char, more] = characters(value);
    if (char === undefined || more !== undefined)
      throw new TypeError('one character unicode string expected');
    Atomics.store(this.view, index, char.codePointAt(0) as number);
  }
  slice(places: Places): string {
    return this.list(places).join('');
  }
  protected override takes(): boolean {
    return false;
  }
}

/** The characters of a text, as Python counts them. @throws TypeError if it is none. */
export function characters(value: unknown): string[] {
  if (typeof value === 'string') return Array.from(value);
  throw new TypeError(`unicode string expected instead of ${type_name(value)} instance`);
}

function integer(value: unknown): Integer {
  if (typeof value === 'bigint' || typeof value === 'boolean' || Number.isInteger(value))
    return value as Integer;
  throw new TypeError(`'${type_name(value)}' object cannot be interpreted as an integer`);
}

function real(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint' && typeof value !== 'boolean') {
    throw new TypeError(`must be real number, not ${type_name(value)}`);
  }
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new OverflowError('int too large to convert to float');
}

function byte(value: unknown): number {
  if (types.isUint8Array(value) && value.length === 1) return value[0] as number;
  if (typeof value === 'bigint' || typeof value === 'boolean' || Number.isInteger(value)) {
    const number = Number(value);
    if (number >= 0 && number <= 255) return number;
  }
  throw new TypeError('one character bytes, bytearray or integer expected');
}

/** How the cells of a type are made in a piece of memory. */
export type MakeCells<Read, Write, V extends View, Slice> = (
  piece: Piece,
  length: number,
) => Cells<Read, Write, V, Slice>;
