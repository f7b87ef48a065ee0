import { Buffer } from 'node:buffer';
import { DefaultDeserializer, serialize } from 'node:v8';
import { inForeignRealm, mainRealm } from '../util/realm';
import { decodeBytes, encodeBytes, encodeBytesList } from './bytes';
import { copying, type Passage } from './passage';
import { adopt } from './realms';
import { JSON_SAFE, LONG_STRING, NEEDS_GRAPH, Survey, type Way } from './survey';
import { Codec, type CodecId, type Encoded } from './types';

/**
 * The fast path for plain data: what JSON or V8's own serializer carry without
 * loss. Everything else (functions, classes and their instances, symbols,
 * getters, frozen objects, null prototypes, proxies) belongs to the graph codec.
 */

/** Lists of numbers, or of one value, from here on become one block. */
const BLOCK = 48;
const NONE: readonly Uint8Array[] = [];
const COPIED = copying(false);
const UNDEFINED: Encoded = { codec: Codec.Undefined, text: '0', blocks: NONE, needs: null };

const json = (text: string): Encoded => ({ codec: Codec.Json, text, blocks: NONE, needs: null });

/** A string holds half a gigabyte, and a message is more than this text. */
const MOST_TEXT = 2 ** 28;

/** As JSON, if that is no longer than a message may be. */
function byJson(value: unknown): Encoded {
  let text: string | null = null;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (!isTooLong(error)) throw error;
  }
  return text !== null && text.length <= MOST_TEXT ? json(text) : byV8(value);
}

const isTooLong = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Invalid string length';

/** Encodes plain data; `null` for what needs the graph codec. */
export function encodePlain(value: unknown, passage: Passage = COPIED): Encoded | null {
  switch (typeof value) {
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return json(String(value));
      return byV8(value);
    case 'string':
      return value.length < LONG_STRING ? json(JSON.stringify(value)) : byV8(value);
    case 'boolean':
      return json(value ? 'true' : 'false');
    case 'undefined':
      return UNDEFINED;
    case 'bigint':
      return byV8(value);
    case 'object': {
      if (value === null) return json('null');
      const way = new Survey().way(value);
      if (way === JSON_SAFE) return byJson(value);
      return encodeBytes(value, passage) ?? (way === NEEDS_GRAPH ? null : byV8(value));
    }
    default:
      return null;
  }
}

/**
 * Encodes a list that the pool made itself (the arguments of a call, the items
 * or results of a chunk): nothing but its elements counts.
 */
export function encodePlainList(list: readonly unknown[], passage: Passage = COPIED): Encoded | null {
  if (list.length === 0) return json('[]');
  if (list.length === 1) {
    const only = list[0];
    if (typeof only === 'number' && Number.isFinite(only) && !Object.is(only, -0)) return json(`[${only}]`);
  } else if (list.length >= BLOCK) {
    const block = encodeSame(list) ?? encodeNumbers(list);
    if (block !== null) return block;
  }
  const survey = new Survey();
  let way: Way = JSON_SAFE;
  for (let i = 0; i < list.length; i++) {
    const part = survey.way(list[i]);
    if (part > way) {
      way = part;
      if (way === NEEDS_GRAPH) break;
    }
  }
  if (way === JSON_SAFE) return byJson(list);
  return encodeBytesList(list, passage, isJsonSafe) ?? (way === NEEDS_GRAPH ? null : byV8(list));
}

const isJsonSafe = (list: readonly unknown[]): boolean => {
  const survey = new Survey();
  return list.every((each) => survey.way(each) === JSON_SAFE);
};

/** What many functions return for each item. */
const CONSTANTS = [undefined, null, true, false] as const;

/** All the same, such as the results of a function that returns nothing. */
function encodeSame(list: readonly unknown[]): Encoded | null {
  const which = CONSTANTS.indexOf(list[0] as undefined);
  if (which === -1) return null;
  const value = CONSTANTS[which];
  for (let i = 1; i < list.length; i++) if (list[i] !== value) return null;
  return { codec: Codec.Same, text: `[${which},${list.length}]`, blocks: NONE, needs: null };
}

const INT32 = 0;
const FLOAT64 = 1;

/** All numbers: a block of 32-bit integers if they fit, of doubles if not. */
function encodeNumbers(list: readonly unknown[]): Encoded | null {
  const length = list.length;
  const ints = new Int32Array(length);
  let i = 0;
  for (; i < length; i++) {
    const value = list[i];
    if (typeof value !== 'number') return null;
    ints[i] = value;
    // -0 becomes 0 in the array, so equality must be that of Object.is.
    if (ints[i] !== value || (value === 0 && 1 / value < 0)) break;
  }
  if (i === length) return numbers(INT32, length, ints);
  const doubles = new Float64Array(length);
  for (let j = 0; j < length; j++) {
    const value = list[j];
    if (typeof value !== 'number') return null;
    doubles[j] = value;
  }
  return numbers(FLOAT64, length, doubles);
}

function numbers(kind: number, length: number, values: Int32Array | Float64Array): Encoded {
  const block = new Uint8Array(values.buffer, 0, values.byteLength);
  return { codec: Codec.Numbers, text: `[${kind},${length}]`, blocks: [block], needs: null };
}

function byV8(value: unknown): Encoded {
  return { codec: Codec.V8, text: '0', blocks: [serialize(value)], needs: null };
}

/** The inverse of {@link encodePlain} and {@link encodePlainList}. */
export function decodePlain(codec: CodecId, text: unknown, blocks: readonly Uint8Array[]): unknown {
  switch (codec) {
    case Codec.Json:
      return text;
    case Codec.Undefined:
      return undefined;
    case Codec.Bytes:
      return decodeBytes(text as Parameters<typeof decodeBytes>[0], blocks);
    case Codec.Numbers:
      return decodeNumbers(text as [number, number], blocks[0] as Uint8Array);
    case Codec.Same: {
      const [which, length] = text as [number, number];
      return new Array<unknown>(length).fill(CONSTANTS[which]);
    }
    default: {
      return readV8(blocks[0] as Uint8Array);
    }
  }
}

/** Reads what `v8.serialize` wrote. */
export function readV8(block: Uint8Array): unknown {
  const reader = new OwningDeserializer(block);
  reader.readHeader();
  const value: unknown = reader.readValue();
  return inForeignRealm ? adopt(value) : value;
}

type View = Buffer | DataView | Float64Array;

/**
 * Node's deserializer makes typed arrays that look into the message. Theirs would be a `buffer` that holds
 * other data too; a Buffer is known for that.
 */
class OwningDeserializer extends DefaultDeserializer {
  _readHostObject(): View {
    const view = (
      DefaultDeserializer.prototype as unknown as { _readHostObject(): View }
    )._readHostObject.call(this);
    if (Buffer.isBuffer(view)) return view;
    // Node's own code made it.
    if (view instanceof mainRealm.DataView) {
      return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    }
    return view.slice();
  }
}

function decodeNumbers([kind, length]: [number, number], block: Uint8Array): number[] {
  // A typed array must start at a multiple of its element's size; a block may lie anywhere in its frame.
  const size = kind === INT32 ? 4 : 8;
  const aligned = block.byteOffset % size === 0 ? block : new Uint8Array(block);
  const values =
    kind === INT32
      ? new Int32Array(aligned.buffer, aligned.byteOffset, length)
      : new Float64Array(aligned.buffer, aligned.byteOffset, length);
  const list = new Array<number>(length);
  for (let i = 0; i < length; i++) list[i] = values[i] as number;
  return list;
}
