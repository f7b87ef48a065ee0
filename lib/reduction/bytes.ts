import { Buffer } from 'node:buffer';
import { Codec, type Encoded } from './types';

/**
 * Large binary data, alone or among small things in a list: it travels as it
 * is, copied once where V8's serializer would copy it twice.
 */

/** Smaller ones are cheaper inside the message. */
const LARGE = 4096;
const MOST_ELEMENTS = 16;

type View = ArrayBufferView;
type Kind = (typeof KINDS)[number]['name'];

const KINDS = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
];
const byName = new Map<string, (typeof KINDS)[number]>(KINDS.map((kind) => [kind.name, kind]));
const BUFFER = 'Buffer';

/** How a value of this kind is called on the wire; `null` for what does not travel as bytes. */
function kindOf(value: unknown): Kind | null {
  if (!ArrayBuffer.isView(value) || value.byteLength < LARGE) return null;
  // Memory shared between threads would become a copy without a word.
  if (Object.prototype.toString.call(value.buffer) === '[object SharedArrayBuffer]') return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Buffer.prototype) return BUFFER;
  const kind = byName.get((value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]);
  return kind !== undefined && prototype === kind.prototype ? kind.name : null;
}

const bytesOf = (view: View): Uint8Array =>
  Buffer.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

/** Text: `[[index, kind] …, list with null in their places]`. */
function encoded(places: readonly (readonly [number, Kind])[], rest: unknown, blocks: Uint8Array[]): Encoded {
  return { codec: Codec.Bytes, text: JSON.stringify([places, rest]), blocks, needs: null };
}

/** Encodes one large typed array or Buffer; `null` for anything else. */
export function encodeBytes(value: object): Encoded | null {
  const kind = kindOf(value);
  return kind === null ? null : encoded([[-1, kind]], null, [bytesOf(value as View)]);
}

/**
 * Encodes a short list that holds large typed arrays or Buffers; `null` if it
 * does not, or if what else is in it is not safe as JSON.
 */
export function encodeBytesList(
  list: readonly unknown[],
  jsonSafe: (rest: readonly unknown[]) => boolean,
): Encoded | null {
  if (list.length > MOST_ELEMENTS) return null;
  const places: [number, Kind][] = [];
  for (let i = 0; i < list.length; i++) {
    const kind = kindOf(list[i]);
    // The same array twice must stay one: V8 sees to that.
    if (kind !== null && list.indexOf(list[i]) < i) return null;
    if (kind !== null) places.push([i, kind]);
  }
  if (places.length === 0) return null;
  const rest = [...list];
  for (const [index] of places) rest[index] = null;
  if (!jsonSafe(rest)) return null;
  return encoded(
    places,
    rest,
    places.map(([index]) => bytesOf(list[index] as View)),
  );
}

/** The inverse of both. */
export function decodeBytes(
  [places, rest]: [[number, Kind][], unknown[] | null],
  blocks: readonly Uint8Array[],
): unknown {
  if (rest === null) return view((places[0] as [number, Kind])[1], blocks[0] as Uint8Array);
  places.forEach(([index, kind], i) => {
    rest[index] = view(kind, blocks[i] as Uint8Array);
  });
  return rest;
}

function view(kind: Kind, block: Uint8Array): unknown {
  if (kind === BUFFER) return Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const make = byName.get(kind);
  if (make === undefined) throw new TypeError(`unknown kind of bytes: ${kind}`);
  // A typed array owns its memory, as the one that was sent did; a block of its own is taken as it is.
  const owns = block.byteLength === block.buffer.byteLength;
  const { buffer } = owns ? block : Uint8Array.from(block);
  return new make(buffer as ArrayBuffer);
}
