import { types } from 'node:util';
import { KeyError, UnicodeError } from '../errors';
import { repr, type_name } from '../util/repr';
import { StructError } from './errors';

/** What a {@link ShareableList} can hold; Python's `int float bool str bytes None`. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null;
/** What may be given for one: `undefined` is `None`, too. */
export type GivenItem = ShareableItem | undefined;

/** How items lie in the memory: CPython's, byte for byte. */
export const ALIGNMENT = 8;

/** Python's `struct` formats of the kinds that have one length. */
const INT = 'q';
const FLOAT = 'd';
const BOOL = 'xxxxxxx?';
const NONE = 'xxxxxx?x';

/** How the value of an item is made of what its format says. */
export const Recreation = { Plain: 0, Text: 1, Bytes: 2, None: 3 } as const;

/** An item in the form that is written. */
export interface Packed {
  /** `null`: text or bytes, as long as their place is. */
  readonly format: string | null;
  readonly recreation: number;
  /** 8 of them for all but text and bytes. */
  readonly bytes: Uint8Array;
  /** Python's `len` of text and bytes. */
  readonly length: number;
}

/**
 * @throws KeyError for what no list can hold, in Python's words.
 * @throws StructError for integers of more than 64 bits.
 * @throws UnicodeError for text that UTF-8 cannot express.
 */
export function pack(value: GivenItem): Packed {
  if (typeof value === 'string') {
    const length = Array.from(value).length;
    return { format: null, recreation: Recreation.Text, bytes: encode(value), length };
  }
  if (types.isUint8Array(value)) {
    return { format: null, recreation: Recreation.Bytes, bytes: value, length: value.length };
  }
  const bytes = Buffer.alloc(ALIGNMENT);
  const packed = (format: string, recreation: number = Recreation.Plain): Packed => ({
    format,
    recreation,
    bytes,
    length: ALIGNMENT,
  });
  if (value === null || value === undefined) return packed(NONE, Recreation.None);
  switch (typeof value) {
    case 'boolean':
      bytes[ALIGNMENT - 1] = Number(value);
      return packed(BOOL);
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw new StructError('argument out of range');
      bytes.writeBigInt64LE(value);
      return packed(INT);
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) bytes.writeBigInt64LE(BigInt(value));
      else {
        bytes.writeDoubleLE(value);
        return packed(FLOAT);
      }
      return packed(INT);
    default:
      throw new KeyError(`<class '${type_name(value)}'>`);
  }
}

/** The inverse. @throws UnicodeError for bytes that are no text. */
export function unpack(format: string, recreation: number, bytes: Buffer): ShareableItem {
  if (recreation === Recreation.None) return null;
  if (recreation === Recreation.Text) return decode(trimmed(bytes));
  if (recreation === Recreation.Bytes) return Buffer.from(trimmed(bytes));
  switch (format) {
    case INT: {
      const exact = bytes.readBigInt64LE();
      const near = Number(exact);
      return Number.isSafeInteger(near) ? near : exact;
    }
    case FLOAT:
      return bytes.readDoubleLE();
    case BOOL:
      return bytes[ALIGNMENT - 1] !== 0;
    default:
      throw new StructError(`bad char in struct format`);
  }
}

/** The format of text or bytes that have so much room. */
export const textFormat = (room: number): string => `${room}s`;

/**
 * The room for text or bytes: CPython's, which counts characters, and more where some would be lost, of other alphabets.
 */
export const roomFor = ({ length, bytes }: Packed): number =>
  ALIGNMENT * Math.max(Math.floor(length / ALIGNMENT) + 1, Math.ceil(bytes.length / ALIGNMENT));

/** How long an item of this format is. */
export function lengthOf(format: string): number {
  return format.endsWith('s') ? Number(format.slice(0, -1)) : ALIGNMENT;
}

/** NULs at the end are room that is left: nobody can tell. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function encode(text: string): Uint8Array {
  const lone = /\p{Surrogate}/u.exec(text);
  if (lone === null) return Buffer.from(text);
  const position = Array.from(text.slice(0, lone.index)).length;
  const char = `'\\u${lone[0].charCodeAt(0).toString(16)}'`;
  throw new UnicodeError(
    `'utf-8' codec can't encode character ${char} in position ${position}: surrogates not allowed`,
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new UnicodeError(`'utf-8' codec can't decode ${repr(bytes)}`, { cause });
  }
}
