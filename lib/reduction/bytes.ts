import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { isTracking, makeView, ownMemory, sharedBlock, sharedMemory } from './blocks';
import { step } from './graph/trail';
import type { Passage } from './passage';
import { isDetached, isMarked, take } from './transfer';
import { Codec, type Encoded } from './types';

/**
 * Binary data, alone or among small things in a list. What is large travels as
 * it is, copied once where V8's serializer would copy it twice; what is shared,
 * or marked to be moved, is not copied at all.
 */

/** Smaller ones are cheaper inside the message. */
const LARGE = 4096;
const MOST_ELEMENTS = 16;

type View = ArrayBufferView;
type Kind = string;

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
const byName = new Map<Kind, (typeof KINDS)[number]>(KINDS.map((kind) => [kind.name, kind]));
const BUFFER = 'Buffer';
const VIEW = 'DataView';
const MEMORY = 'ArrayBuffer';
const SHARED = 'SharedArrayBuffer';

/**
 * Where a block goes in the list, and as what. With an offset: the block is the
 * whole memory, and this a view of it, of so many elements; `null`: of all
 * there are, and will be.
 */
type Place = [index: number, kind: Kind, offset?: number, length?: number | null];

/** What becomes of the memory. */
enum Means {
  Copy,
  Share,
  Move,
}

interface Piece {
  readonly means: Means;
  readonly kind: Kind;
  readonly value: View | ArrayBufferLike;
  readonly memory: ArrayBufferLike;
}

/** How a value of this kind is called on the wire; `null` for what does not travel as bytes. */
function kindOf(value: object): Kind | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!ArrayBuffer.isView(value)) {
    if (prototype === ArrayBuffer.prototype) return types.isArrayBuffer(value) ? MEMORY : null;
    return prototype === SharedArrayBuffer.prototype && types.isSharedArrayBuffer(value) ? SHARED : null;
  }
  if (prototype === Buffer.prototype) return BUFFER;
  if (prototype === DataView.prototype) return VIEW;
  const kind = byName.get((value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]);
  return kind !== undefined && prototype === kind.prototype ? kind.name : null;
}

function pieceOf(value: unknown, { shares, moves, lends }: Passage): Piece | null {
  if (typeof value !== 'object' || value === null) return null;
  const kind = kindOf(value);
  if (kind === null || !Object.isExtensible(value)) return null;
  const data = value as View | ArrayBufferLike;
  const memory = ArrayBuffer.isView(data) ? data.buffer : data;
  if (types.isSharedArrayBuffer(memory))
    return shares ? { means: Means.Share, kind, value: data, memory } : null;
  if (moves && isMarked(memory) && !isDetached(memory))
    return { means: Means.Move, kind, value: data, memory };
  const isLeftToV8 = kind === VIEW || (memory as { resizable?: boolean }).resizable === true;
  return isLeftToV8 || (data.byteLength < LARGE && !lends)
    ? null
    : { means: Means.Copy, kind, value: data, memory };
}

function placeOf({ means, kind, value }: Piece, index: number): Place {
  if (means === Means.Copy || !ArrayBuffer.isView(value)) return [index, kind];
  const length = 'length' in value ? (value as Uint8Array).length : value.byteLength;
  return [index, kind, value.byteOffset, isTracking(value) ? null : length];
}

/** A copy, as it is now; or where it lies, if that is enough. */
function copyOf({ value, memory }: Piece, lends: boolean): Uint8Array {
  const offset = ArrayBuffer.isView(value) ? value.byteOffset : 0;
  const bytes = new Uint8Array(memory, offset, value.byteLength);
  return lends ? bytes : Buffer.from(bytes);
}

/** Text: `[places, list with null in their places]`. @throws PicklingError for memory that cannot be moved. */
function encoded(
  pieces: readonly Piece[],
  places: readonly Place[],
  rest: unknown,
  { shares, lends }: Passage,
): Encoded {
  const text = JSON.stringify([places, rest]);
  const blocks = pieces.map((piece) => {
    if (piece.means === Means.Share) return sharedBlock(piece.memory as SharedArrayBuffer);
    return piece.means === Means.Copy ? copyOf(piece, lends) : NOTHING;
  });
  // What is moved is gone here: that comes last.
  pieces.forEach(({ means, memory }, i) => {
    if (means !== Means.Move) return;
    const trail = rest === null ? null : step(null, `[${(places[i] as Place)[0]}]`);
    blocks[i] = take(memory as ArrayBuffer, shares, trail);
  });
  return { codec: Codec.Bytes, text, blocks, needs: null };
}

const NOTHING = new Uint8Array(0);

/** Encodes one buffer or view; `null` for what is better left to another codec. */
export function encodeBytes(value: object, passage: Passage): Encoded | null {
  const piece = pieceOf(value, passage);
  return piece === null ? null : encoded([piece], [placeOf(piece, -1)], null, passage);
}

/**
 * Encodes a short list that holds buffers or views; `null` if it does not, or
 * if what else is in it is not safe as JSON.
 */
export function encodeBytesList(
  list: readonly unknown[],
  passage: Passage,
  jsonSafe: (rest: readonly unknown[]) => boolean,
): Encoded | null {
  if (list.length > MOST_ELEMENTS) return null;
  const pieces: Piece[] = [];
  const places: Place[] = [];
  for (let i = 0; i < list.length; i++) {
    const piece = pieceOf(list[i], passage);
    if (piece === null) continue;
    // One array twice, or two views of what moves, must stay one: the other codecs see to that.
    if (list.indexOf(list[i]) < i) return null;
    if (piece.means === Means.Move && pieces.some(({ memory }) => memory === piece.memory)) return null;
    pieces.push(piece);
    places.push(placeOf(piece, i));
  }
  if (places.length === 0) return null;
  const rest = [...list];
  for (const [index] of places) rest[index] = null;
  return jsonSafe(rest) ? encoded(pieces, places, rest, passage) : null;
}

/** The inverse of both. */
export function decodeBytes(
  [places, rest]: [Place[], unknown[] | null],
  blocks: readonly Uint8Array[],
): unknown {
  if (rest === null) return valueOf(places[0] as Place, blocks[0] as Uint8Array);
  places.forEach((place, i) => {
    rest[place[0]] = valueOf(place, blocks[i] as Uint8Array);
  });
  return rest;
}

function valueOf([, kind, offset, length]: Place, block: Uint8Array): unknown {
  if (kind === SHARED) return sharedMemory(block);
  if (kind === MEMORY) return ownMemory(block);
  if (offset !== undefined) {
    const isShared = types.isSharedArrayBuffer(block.buffer);
    return makeView(kind, isShared ? sharedMemory(block) : ownMemory(block), offset, length ?? null);
  }
  // Others own their memory, as what was sent did; of a Buffer that is not expected.
  if (kind === BUFFER) return Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  return makeView(kind, ownMemory(block), 0, null);
}
