import { OverflowError, ValueError } from '../../errors';
import { Float } from '../../pickle/values';
import { type_name } from '../../util/repr';

/** The values that an `array.array` of one typecode takes. */
export interface ArrayType {
  readonly code: string;
  readonly isReal: boolean;
  /** @returns the value as it is kept. @throws TypeError, OverflowError as Python does */
  check(value: unknown): unknown;
  /** Items in a typed array, or as they are where there is none for them. */
  pack(items: readonly unknown[]): unknown;
  /** Items of the bytes of a machine. @throws ValueError */
  unpack(bytes: Uint8Array): unknown[];
  /** Is a typed array one of this type? */
  isOwn(array: NodeJS.TypedArray): boolean;
}

interface TypedClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): NodeJS.TypedArray;
  from(items: ArrayLike<never>): NodeJS.TypedArray;
}

/** The least and the most of an integer, and what Python says of others. */
interface Range {
  readonly least: bigint;
  readonly most: bigint;
  readonly below: string;
  readonly above: string;
}
const range = (least: bigint, most: bigint, below: string, above = below): Range => ({
  least,
  most,
  below,
  above,
});
const named = (least: bigint, most: bigint, name: string): Range =>
  range(least, most, `${name} is less than minimum`, `${name} is greater than maximum`);

const LONG = 'Python int too large to convert to C long';
const UNSIGNED_LONG = 'Python int too large to convert to C unsigned long';
const NEGATIVE = "can't convert negative value to unsigned int";
const BIG = 'int too big to convert';
const [I8, I16, I32, I64, U8, U16, U32, U64] = [
  2n ** 7n,
  2n ** 15n,
  2n ** 31n,
  2n ** 63n,
  2n ** 8n,
  2n ** 16n,
  2n ** 32n,
  2n ** 64n,
] as const;
const long = range(-I64, I64 - 1n, LONG);
const short = named(-I16, I16 - 1n, 'signed short integer');
const int = named(-I32, I32 - 1n, 'signed integer');

/** CPython looks at an integer in these steps: which one fails says what is told. */
const INTEGERS: Readonly<Record<string, readonly [Class: unknown, ...steps: Range[]]>> = {
  b: [Int8Array, long, short, named(-I8, I8 - 1n, 'signed char')],
  B: [Uint8Array, long, named(0n, U8 - 1n, 'unsigned byte integer')],
  h: [Int16Array, long, short],
  H: [Uint16Array, long, int, named(0n, U16 - 1n, 'unsigned short')],
  i: [Int32Array, long, int],
  I: [Uint32Array, range(0n, U64 - 1n, NEGATIVE, UNSIGNED_LONG), named(0n, U32 - 1n, 'unsigned int')],
  l: [BigInt64Array, long],
  L: [BigUint64Array, range(0n, U64 - 1n, NEGATIVE, UNSIGNED_LONG)],
  q: [BigInt64Array, range(-I64, I64 - 1n, BIG)],
  Q: [BigUint64Array, range(0n, U64 - 1n, "can't convert negative int to unsigned", BIG)],
};

class Packed {
  readonly code: string;
  readonly #Class: TypedClass;

  constructor(code: string, Class: unknown) {
    this.code = code;
    this.#Class = Class as TypedClass;
  }

  get isBig(): boolean {
    return this.#Class.BYTES_PER_ELEMENT === 8 && this.code !== 'd';
  }

  pack(items: readonly unknown[]): unknown {
    // A `Uint8Array` is bytes.
    if (this.code === 'B') return [...items];
    return this.#Class.from((this.isBig ? items.map((each) => BigInt(each as number)) : items) as never[]);
  }

  unpack(bytes: Uint8Array): unknown[] {
    if (bytes.length % this.#Class.BYTES_PER_ELEMENT !== 0) {
      throw new ValueError('bytes length not a multiple of item size');
    }
    const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    return Array.from(new this.#Class(own) as Iterable<unknown>);
  }

  isOwn(array: NodeJS.TypedArray): boolean {
    return array instanceof (this.#Class as unknown as new () => object);
  }
}

class Integers extends Packed implements ArrayType {
  readonly isReal = false;
  readonly #steps: readonly Range[];

  constructor(code: string, Class: unknown, steps: readonly Range[]) {
    super(code, Class);
    this.#steps = steps;
  }

  check(value: unknown): number | bigint {
    if (typeof value !== 'boolean' && typeof value !== 'bigint' && !Number.isInteger(value)) {
      const name = value instanceof Float ? 'float' : type_name(value);
      throw new TypeError(`'${name}' object cannot be interpreted as an integer`);
    }
    const exact = BigInt(value as number | bigint | boolean);
    for (const { least, most, below, above } of this.#steps) {
      if (exact < least) throw new OverflowError(below);
      if (exact > most) throw new OverflowError(above);
    }
    const near = Number(exact);
    return Number.isSafeInteger(near) ? near : exact;
  }
}

class Reals extends Packed implements ArrayType {
  readonly isReal = true;

  check(value: unknown): number {
    const plain = value instanceof Float ? value.value : value;
    if (typeof plain !== 'number' && typeof plain !== 'boolean' && typeof plain !== 'bigint') {
      throw new TypeError(`must be real number, not ${type_name(plain)}`);
    }
    const number = Number(plain);
    if (typeof plain === 'bigint' && !Number.isFinite(number)) {
      throw new OverflowError('int too large to convert to float');
    }
    return this.code === 'f' ? Math.fround(number) : number;
  }
}

/** Characters of text. */
const CHARACTERS: ArrayType = {
  code: 'u',
  isReal: false,
  check: (value) => {
    if (typeof value === 'string' && Array.from(value).length === 1) return value;
    throw new TypeError('array item must be unicode character');
  },
  pack: (items) => [...items],
  unpack: (bytes) => {
    const codes = new Packed('I', Uint32Array).unpack(bytes) as number[];
    return codes.map((code) => {
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      throw new ValueError(`character U+${code.toString(16)} is not in range [U+0000; U+10ffff]`);
    });
  },
  isOwn: () => false,
};

const TYPES: ReadonlyMap<unknown, ArrayType> = new Map<unknown, ArrayType>([
  ...Object.entries(INTEGERS).map(
    ([code, [Class, ...steps]]) => [code, new Integers(code, Class, steps)] as const,
  ),
  ['f', new Reals('f', Float32Array)],
  ['d', new Reals('d', Float64Array)],
  ['u', CHARACTERS],
]);

/** @throws TypeError, ValueError for what is no typecode. */
export function typeOf(typecode: unknown): ArrayType {
  const type = TYPES.get(typecode);
  if (type !== undefined) return type;
  if (typeof typecode !== 'string' || Array.from(typecode).length !== 1) {
    const name = typecode === null ? 'None' : type_name(typecode);
    throw new TypeError(`array() argument 1 must be a unicode character, not ${name}`);
  }
  throw new ValueError('bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)');
}
