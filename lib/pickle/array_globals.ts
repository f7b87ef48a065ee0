import { UnpicklingError } from '../errors';
import { ascii } from './lines';
import type { Rebuilder, Reduced } from './types';
import { Global } from './values';

/** Python's `array.array`, as the typed array of the same items. */

type Typed =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;
interface TypedClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Typed;
  from(items: ArrayLike<never>): Typed;
}

/** By type code; `l` and `L` are of 8 bytes wherever CPython is not on Windows. `B` is no `bytes`, and so has none. */
const CODES = new Map<unknown, unknown>([
  ['b', Int8Array],
  ['h', Int16Array],
  ['H', Uint16Array],
  ['i', Int32Array],
  ['I', Uint32Array],
  ['l', BigInt64Array],
  ['L', BigUint64Array],
  ['q', BigInt64Array],
  ['Q', BigUint64Array],
  ['f', Float32Array],
  ['d', Float64Array],
]) as ReadonlyMap<unknown, TypedClass>;

/** `_array_reconstructor` says what the bytes are, for machines of another kind. Those of ours are little-endian. */
const FORMATS: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  [1, Int8Array],
  [2, Uint16Array],
  [4, Int16Array],
  [6, Uint32Array],
  [8, Int32Array],
  [10, BigUint64Array],
  [12, BigInt64Array],
  [14, Float32Array],
  [16, Float64Array],
]);

function ofBytes(Class: TypedClass, bytes: Uint8Array): Typed {
  if (bytes.length % Class.BYTES_PER_ELEMENT !== 0) {
    throw new UnpicklingError('bytes length not a multiple of item size');
  }
  return new Class(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
}

/** `array(typecode, items)`: the items as a list, or as the bytes of the machine. */
function array(args: readonly unknown[]): unknown {
  const [code, items] = args;
  const Class = CODES.get(code);
  if (Class === undefined)
    throw new UnpicklingError(`array.array of type ${String(code)} has no counterpart`);
  if (args.length > 2) throw new UnpicklingError('array.array is made of a list');
  if (args.length === 1) return new Class(new ArrayBuffer(0));
  if (items instanceof Uint8Array) return ofBytes(Class, items);
  if (!Array.isArray(items)) throw new UnpicklingError('array.array is made of a list');
  const isBig = Class === (BigInt64Array as unknown) || Class === (BigUint64Array as unknown);
  const numbers = items.map((item: unknown) => {
    if (typeof item !== 'number' && typeof item !== 'bigint') {
      throw new UnpicklingError('array.array is made of numbers');
    }
    return isBig && Number.isInteger(Number(item)) ? BigInt(item) : item;
  });
  return Class.from(numbers as never[]);
}

function reconstructor(args: readonly unknown[]): unknown {
  const [type, code, format, bytes] = args;
  if (args.length === 4 && type instanceof Global && String(type) === 'array.array' && CODES.has(code)) {
    const Class = FORMATS.get(format) as TypedClass | undefined;
    if (Class !== undefined && bytes instanceof Uint8Array) return ofBytes(Class, bytes);
  }
  throw new UnpicklingError(`array.array of type ${ascii(String(code))} has no counterpart`);
}

export const ARRAY_GLOBALS: ReadonlyMap<string, Rebuilder['make']> = new Map([
  ['array array', array],
  ['array _array_reconstructor', reconstructor],
]);

/** What is written for a typed array: the code whose size is the same on every platform. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['Int8Array', 'b'],
  ['Int16Array', 'h'],
  ['Uint16Array', 'H'],
  ['Int32Array', 'i'],
  ['Uint32Array', 'I'],
  ['BigInt64Array', 'q'],
  ['BigUint64Array', 'Q'],
  ['Float32Array', 'f'],
  ['Float64Array', 'd'],
]);

/** How it is made in Python; `null` if it is none that Python has. */
export function reduceArray(value: object): Reduced | null {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return null;
  const code = NAMES.get(value[Symbol.toStringTag as never]);
  if (code === undefined) return null;
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return { global: 'array array', args: [code, bytes] };
}
