import { Buffer } from 'node:buffer';
import { DefaultDeserializer, serialize } from 'node:v8';
import { inForeignRealm, mainRealm } from '../util/realm';
import { decodeBytes, encodeBytes, encodeBytesList } from './bytes';
import { adopt } from './realms';
import { Codec, type CodecId, type Encoded } from './types';

/**
 * The fast path for plain data: what JSON or V8's own serializer carry without
 * loss. Everything else (functions, classes and their instances, symbols,
 * getters, frozen objects, null prototypes, proxies) belongs to the graph codec.
 * No getter is ever called to find out.
 */

/** How an object must travel; the greatest of its parts' wins. */
const JSON_SAFE = 0;
const V8_SAFE = 1;
const NEEDS_GRAPH = 2;
type Way = typeof JSON_SAFE | typeof V8_SAFE | typeof NEEDS_GRAPH;

/** Strings from here on are copied by V8 instead of being escaped. */
const LONG_STRING = 4096;
/** Arrays of numbers from here on become one block. */
const NUMBERS_BLOCK = 48;
/** Beyond this many objects a Set remembers them; below, a look along a list is cheaper. */
const FEW = 12;

/** JSON and V8 go down by recursion, and the stack ends somewhere; the graph codec does not. */
const DEEPEST = 1000;

const NONE: readonly Uint8Array[] = [];
const UNDEFINED: Encoded = { codec: Codec.Undefined, text: '0', blocks: NONE, needs: null };

const json = (text: string): Encoded => ({ codec: Codec.Json, text, blocks: NONE, needs: null });

/** The prototypes that JSON and V8 rebuild by themselves, of this realm and the main one. */
const realms = inForeignRealm ? [globalThis, mainRealm] : [globalThis];
const OBJECTS = new Set<unknown>(realms.map((r) => r.Object.prototype));
const ARRAYS = new Set<unknown>(realms.map((r): unknown => r.Array.prototype));
const DATES = new Set<unknown>(realms.map((r) => r.Date.prototype));
const REGEXPS = new Set<unknown>(realms.map((r) => r.RegExp.prototype));
const MAPS = new Set<unknown>(realms.map((r) => r.Map.prototype));
const SETS = new Set<unknown>(realms.map((r) => r.Set.prototype));
const BYTES = new Set<unknown>([
  Buffer.prototype,
  ...realms.flatMap((r) => [
    r.ArrayBuffer.prototype,
    r.DataView.prototype,
    r.Int8Array.prototype,
    r.Uint8Array.prototype,
    r.Uint8ClampedArray.prototype,
    r.Int16Array.prototype,
    r.Uint16Array.prototype,
    r.Int32Array.prototype,
    r.Uint32Array.prototype,
    r.Float32Array.prototype,
    r.Float64Array.prototype,
    r.BigInt64Array.prototype,
    r.BigUint64Array.prototype,
  ]),
]);

class Survey {
  #count = 0;
  readonly #list: object[] = [];
  #set: Set<object> | null = null;
  #depth = 0;

  way(value: unknown): Way {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? JSON_SAFE : V8_SAFE;
      case 'string':
        return value.length < LONG_STRING ? JSON_SAFE : V8_SAFE;
      case 'boolean':
        return JSON_SAFE;
      case 'undefined':
      case 'bigint':
        return V8_SAFE;
      case 'object':
        return value === null ? JSON_SAFE : this.#deeper(value);
      default:
        return NEEDS_GRAPH;
    }
  }

  #deeper(value: object): Way {
    if (this.#depth === DEEPEST) return NEEDS_GRAPH;
    this.#depth++;
    const way = this.#object(value);
    this.#depth--;
    return way;
  }

  #object(value: object): Way {
    // Seen twice: V8 keeps the identity, JSON would make two of it.
    if (this.#seen(value)) return V8_SAFE;
    const proto: unknown = Object.getPrototypeOf(value);
    if (ARRAYS.has(proto)) return Array.isArray(value) ? this.#array(value) : NEEDS_GRAPH;
    if (!Object.isExtensible(value)) return NEEDS_GRAPH;
    if (OBJECTS.has(proto)) return this.#plain(value as Record<string, unknown>);
    if (BYTES.has(proto)) return isMemory(value) ? V8_SAFE : NEEDS_GRAPH;
    if (DATES.has(proto)) return bare(value) && isTag(value, 'Date') ? V8_SAFE : NEEDS_GRAPH;
    if (REGEXPS.has(proto)) return this.#regexp(value);
    if (MAPS.has(proto) && bare(value) && value instanceof Map) return this.#entries(value);
    if (SETS.has(proto) && bare(value) && value instanceof Set) return this.#entries(value.entries());
    return NEEDS_GRAPH;
  }

  #array(value: readonly unknown[]): Way {
    if (!Object.isExtensible(value)) return NEEDS_GRAPH;
    // A small array may be the result of a regular expression, with properties of its own.
    if (value.length <= 64) {
      const keys = Reflect.ownKeys(value);
      if (keys.length !== value.length + 1) {
        return keys.every((key) => isData(value, key)) ? this.#parts(value, V8_SAFE) : NEEDS_GRAPH;
      }
    }
    return this.#parts(value, JSON_SAFE);
  }

  #parts(value: readonly unknown[], least: Way): Way {
    let way: Way = least;
    for (let i = 0; i < value.length; i++) {
      const part = this.way(value[i]);
      if (part > way) {
        way = part;
        if (way === NEEDS_GRAPH) return way;
      }
    }
    return way;
  }

  #plain(value: Record<string, unknown>): Way {
    let way: Way = JSON_SAFE;
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') return NEEDS_GRAPH;
      const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
      if (!('value' in property) || !property.enumerable || !property.writable || !property.configurable) {
        return NEEDS_GRAPH;
      }
      const part = this.way(property.value);
      if (part > way) {
        way = part;
        if (way === NEEDS_GRAPH) return way;
      }
    }
    return way;
  }

  #regexp(value: object): Way {
    if (!isTag(value, 'RegExp') || Reflect.ownKeys(value).length !== 1) return NEEDS_GRAPH;
    return (value as RegExp).lastIndex === 0 ? V8_SAFE : NEEDS_GRAPH;
  }

  #entries(entries: Iterable<[unknown, unknown]>): Way {
    for (const [key, item] of entries) {
      if (this.way(key) === NEEDS_GRAPH || this.way(item) === NEEDS_GRAPH) return NEEDS_GRAPH;
    }
    return V8_SAFE;
  }

  #seen(value: object): boolean {
    if (this.#set !== null) {
      if (this.#set.has(value)) return true;
      this.#set.add(value);
      return false;
    }
    for (let i = 0; i < this.#count; i++) if (this.#list[i] === value) return true;
    this.#list[this.#count++] = value;
    if (this.#count === FEW) this.#set = new Set(this.#list);
    return false;
  }
}

const bare = (value: object): boolean => Reflect.ownKeys(value).length === 0;
const isTag = (value: object, tag: string): boolean =>
  Object.prototype.toString.call(value) === `[object ${tag}]`;
/** Memory of its own: what threads share would become a copy without a word. */
const isMemory = (value: object): boolean =>
  isTag(ArrayBuffer.isView(value) ? value.buffer : value, 'ArrayBuffer');

function isData(value: object, key: string | symbol): boolean {
  if (typeof key === 'symbol') return false;
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property !== undefined && 'value' in property && (key === 'length' || property.enumerable === true);
}

/** Encodes plain data; `null` for what needs the graph codec. */
export function encodePlain(value: unknown): Encoded | null {
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
      if (way === NEEDS_GRAPH) return null;
      return way === JSON_SAFE ? json(JSON.stringify(value)) : (encodeBytes(value) ?? byV8(value));
    }
    default:
      return null;
  }
}

/**
 * Encodes a list that the pool made itself (the arguments of a call, the items
 * or results of a chunk): nothing but its elements counts.
 */
export function encodePlainList(list: readonly unknown[]): Encoded | null {
  if (list.length === 0) return json('[]');
  if (list.length === 1) {
    const only = list[0];
    if (typeof only === 'number' && Number.isFinite(only) && !Object.is(only, -0)) return json(`[${only}]`);
  } else if (list.length >= NUMBERS_BLOCK) {
    const numbers = encodeNumbers(list);
    if (numbers !== null) return numbers;
  }
  const survey = new Survey();
  let way: Way = JSON_SAFE;
  for (let i = 0; i < list.length; i++) {
    const part = survey.way(list[i]);
    if (part > way) {
      way = part;
      if (way === NEEDS_GRAPH) return null;
    }
  }
  return way === JSON_SAFE ? json(JSON.stringify(list)) : (encodeBytesList(list, isJsonSafe) ?? byV8(list));
}

const isJsonSafe = (list: readonly unknown[]): boolean => {
  const survey = new Survey();
  return list.every((each) => survey.way(each) === JSON_SAFE);
};

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
