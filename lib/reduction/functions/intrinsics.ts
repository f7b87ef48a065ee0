import { mainRealm } from '../../util/realm';
import { isObject, Tag, type Form } from '../graph/forms';

/** The language and node's globals: every process has them, so they travel by name. */

export type Path = readonly (string | symbol)[];

const LANGUAGE =
  'Object Function Array Number Boolean String Symbol BigInt Math JSON Reflect Promise Proxy Map Set WeakMap WeakSet WeakRef FinalizationRegistry Date RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer SharedArrayBuffer DataView Atomics Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array Intl WebAssembly Iterator SuppressedError DisposableStack AsyncDisposableStack Float16Array parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape eval'.split(
    ' ',
  );
const HOST =
  'console Buffer process URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget MessageChannel MessagePort MessageEvent Blob structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate performance fetch Headers Request Response FormData crypto atob btoa BroadcastChannel DOMException ReadableStream WritableStream TransformStream CompressionStream DecompressionStream CryptoKey Crypto SubtleCrypto PerformanceObserver PerformanceEntry PerformanceMark PerformanceMeasure Performance File WebSocket CustomEvent navigator'.split(
    ' ',
  );
/** Made at their first use, which costs up to 40 ms: a value of one of them cannot exist before. */
const LAZY_HOST = new Set([
  'fetch',
  'Headers',
  'Request',
  'Response',
  'FormData',
  'WebSocket',
  'MessageEvent',
  'crypto',
  'CryptoKey',
  'Crypto',
  'SubtleCrypto',
  'CustomEvent',
  'navigator',
  'CompressionStream',
  'DecompressionStream',
  'Blob',
  'File',
  'BroadcastChannel',
]);
/** Singletons with state: themselves and their methods, nothing below. */
const SHALLOW = new Set(['process', 'console', 'performance', 'navigator']);

/** Prototypes no global name leads to; the names are understood by rebuild.ts. */
const HIDDEN_INTRINSICS: Record<string, string> = {
  '@generator': 'Object.getPrototypeOf(function*(){})',
  '@asyncGenerator': 'Object.getPrototypeOf(async function*(){})',
  '@async': 'Object.getPrototypeOf(async function(){})',
  '@arrayIterator': 'Object.getPrototypeOf([][Symbol.iterator]())',
  '@typedArray': 'Object.getPrototypeOf(Int8Array)',
};

/** Names that need no sending: every process has them. */
export const EVERYWHERE: ReadonlySet<string> = new Set([
  ...LANGUAGE,
  ...HOST,
  ...'globalThis global GLOBAL root undefined NaN Infinity localStorage sessionStorage EventSource CloseEvent Storage'.split(
    ' ',
  ),
]);

const realms = [...new Set([globalThis, mainRealm])];

let intrinsics: Map<object, Path> | null = null;

/** The path from the global object to a part of the language or of node's globals. */
export function globalPath(value: object): Path | undefined {
  intrinsics ??= listIntrinsics();
  return intrinsics.get(value);
}

function listIntrinsics(): Map<object, Path> {
  const found = new Map<object, Path>();
  for (const realm of realms) {
    found.set(realm, []);
    for (const name of LANGUAGE) walk(found, valueAt(realm, name), [name], 0, 3);
    // Jest puts the main realm's in its place, but arrays of doubles still have the realm's own.
    walk(found, new realm.Float64Array(0).buffer.constructor, ['ArrayBuffer'], 0, 3);
    for (const [name, expression] of Object.entries(HIDDEN_INTRINSICS)) {
      walk(found, (realm.eval as (text: string) => unknown)(expression), [name], 1, 3);
    }
  }
  for (const name of HOST) {
    for (const realm of realms) {
      const value = valueAt(realm, name);
      if (!isObject(value)) continue;
      walk(found, value, [name], 0, SHALLOW.has(name) ? 0 : 2);
      if (SHALLOW.has(name)) methodsOf(found, value, [name]);
    }
  }
  return found;
}

/** Reads a global without waking a lazy one. */
function valueAt(realm: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(realm, name);
  if (property === undefined || 'value' in property) return property?.value;
  return LAZY_HOST.has(name) ? undefined : (realm as Record<string, unknown>)[name];
}

function methodsOf(found: Map<object, Path>, object: object, path: Path): void {
  for (const key of Reflect.ownKeys(object)) {
    const value: unknown = Object.getOwnPropertyDescriptor(object, key)?.value;
    if (typeof value === 'function' && !found.has(value)) found.set(value, [...path, key]);
  }
}

function walk(found: Map<object, Path>, value: unknown, path: Path, depth: number, most: number): void {
  if (!isObject(value) || found.has(value)) return;
  found.set(value, path);
  if (depth >= most) return;
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    if ('value' in property) walk(found, property.value, [...path, key], depth + 1, most);
    else {
      walk(found, property.get, [...path, key, '@get'], most, most);
      walk(found, property.set, [...path, key, '@set'], most, most);
    }
  }
  walk(found, Object.getPrototypeOf(value), [...path, '@proto'], depth + 1, most);
}

export const pathForms = (path: Path): Form[] =>
  path.map((step) =>
    typeof step === 'symbol' ? [Tag.Symbol, Symbol.keyFor(step) ?? `@@${step.description ?? ''}`] : step,
  );
