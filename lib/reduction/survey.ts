import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { inForeignRealm, mainRealm } from '../util/realm';
import { isDetached, isMarked } from './transfer';

/** Finds out what may carry a value: JSON, V8's serializer, or only the graph codec. No getter is called for it, but for elements of arrays that are getters, which nobody makes. */

/** How an object must travel; the greatest of its parts' wins. */
export const JSON_SAFE = 0;
export const V8_SAFE = 1;
export const NEEDS_GRAPH = 2;
export type Way = typeof JSON_SAFE | typeof V8_SAFE | typeof NEEDS_GRAPH;

/** Strings from here on are copied by V8 instead of being escaped. */
export const LONG_STRING = 4096;
/** Beyond this many objects a Set remembers them; below, a look along a list is cheaper. */
const FEW = 12;

/** JSON and V8 go down by recursion, and the stack ends somewhere; the graph codec does not. */
const DEEPEST = 1000;

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

/** One survey of one value, or of several that travel together. */
export class Survey {
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
/** Memory to be copied: what is shared, to be moved, or gone, V8 would copy without a word, or not at all. */
function isMemory(value: object): boolean {
  const memory = ArrayBuffer.isView(value) ? value.buffer : (value as ArrayBuffer);
  return types.isArrayBuffer(memory) && !isMarked(memory) && !isDetached(memory);
}

function isData(value: object, key: string | symbol): boolean {
  if (typeof key === 'symbol') return false;
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property !== undefined && 'value' in property && (key === 'length' || property.enumerable === true);
}
