import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mainRealm } from '../../util/realm';
import { isObject, Tag, type Form } from '../graph/forms';

/**
 * What travels by reference: the language, node's own modules, and the exports
 * of packages. The first question asked about every object, as in cloudpickle:
 * by value goes only what cannot be imported.
 */

type Path = readonly (string | symbol)[];

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

/** Getters of builtin modules that may be read; others print deprecation warnings. */
const SAFE_GETTERS: Record<string, readonly string[]> = { fs: ['promises'], crypto: ['webcrypto', 'subtle'] };

let modules = new Map<object, Path>();
let members = new Map<object, Path>();
let loadedThen = -1;
let membersThen = -1;

/** Of the process itself: Jest's `process` is a copy. */
const loadList = (): readonly string[] =>
  (mainRealm.process as unknown as { moduleLoadList?: string[] }).moduleLoadList ?? [];

function loadedBuiltins(): string[] {
  const loaded = new Set(loadList().map((entry) => entry.replace(/^NativeModule /, '')));
  return builtinModules.filter(
    (name) => loaded.has(name) && !name.startsWith('_') && name !== 'sys' && name !== 'punycode',
  );
}

const builtinModule = (name: string): unknown =>
  // Not `require`: Jest has stand-ins for some.
  'getBuiltinModule' in mainRealm.process ? mainRealm.process.getBuiltinModule(name) : require(name);

/** A builtin module itself (cheap to know). */
export function builtinPath(value: object): Path | undefined {
  const count = loadList().length;
  if (count !== loadedThen) {
    loadedThen = count;
    modules = new Map();
    for (const name of loadedBuiltins()) {
      const module = builtinModule(name);
      if (isObject(module) && globalPath(module) === undefined) modules.set(module, [name]);
    }
  }
  return modules.get(value);
}

/**
 * A part of a builtin module. The first time this costs 10 ms, unless it is in
 * the module `likely`, which is looked at first.
 */
export function builtinMemberPath(value: object, likely?: string): Path | undefined {
  const whole = builtinPath(value);
  if (whole !== undefined) return whole;
  if (likely !== undefined && membersThen !== loadedThen) {
    for (const [module, path] of modules) if (path[0] === likely) listMembers(module, path);
    const known = members.get(value);
    if (known !== undefined) return known;
  }
  if (membersThen !== loadedThen) {
    membersThen = loadedThen;
    members = new Map();
    for (const [module, path] of modules) listMembers(module, path);
  }
  return members.get(value);
}

function listMembers(module: object, path: Path): void {
  const name = path[0] as string;
  // `module` leads to the require cache, and so to everything the user has.
  if (name === 'module') {
    for (const key of ['createRequire', 'isBuiltin', 'findSourceMap', 'register']) {
      const member = (module as Record<string, unknown>)[key];
      if (typeof member === 'function') members.set(member, [name, key]);
    }
    return;
  }
  const found = new Map<object, Path>();
  walkMembers(found, module, path, 0);
  for (const key of SAFE_GETTERS[name] ?? [])
    walkMembers(found, (module as Record<string, unknown>)[key], [name, key], 1);
  for (const [member, memberPath] of found) if (!members.has(member)) members.set(member, memberPath);
}

function walkMembers(found: Map<object, Path>, value: unknown, path: Path, depth: number): void {
  if (
    !isObject(value) ||
    found.has(value) ||
    (depth > 0 && (globalPath(value) !== undefined || modules.has(value)))
  )
    return;
  found.set(value, path);
  if (depth > 2) return;
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property !== undefined && 'value' in property)
      walkMembers(found, property.value, [...path, key], depth + 1);
  }
}

export const pathForms = (path: Path): Form[] =>
  path.map((step) => (typeof step === 'symbol' ? [Tag.Symbol, `@@${step.description ?? ''}`] : step));

// ---- packages

/** The folder of this package: what lies below its dist/ is everywhere the same. */
export const packageRoot = findRoot(__dirname);
const ownRoot = packageRoot;
const ownFolders = [join(ownRoot, 'dist'), join(ownRoot, 'lib'), join(ownRoot, 'workers')].map(
  (folder) => folder + sep,
);

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  }
}

/** Files that `by_reference` named. */
export const namedFiles = new Set<string>();

/** Do the exports of this file travel by reference? */
export const isPackageFile = (file: string): boolean =>
  /[\\/]node_modules[\\/]/.test(file) ||
  namedFiles.has(file) ||
  ownFolders.some((folder) => file.startsWith(folder));

/** The file that a worker loads: of this package, always the compiled one. */
export function loadableFile(file: string): string {
  const inSource = ownFolders.slice(1).some((folder) => file.startsWith(folder));
  if (!inSource || !/\.[cm]?ts$/.test(file)) return file;
  const compiled = join(ownRoot, 'dist', file.slice(ownRoot.length)).replace(/ts$/, 'js');
  return existsSync(compiled) ? compiled : file;
}

interface ModuleEntry {
  readonly exports: unknown;
  readonly loaded?: boolean;
}

export interface Exported {
  readonly file: string;
  readonly path: Path;
}

/** Exports objects of all CommonJS modules, and below them the parts of packages. */
const exported = new WeakMap<object, Exported>();
const scanned = new Set<string>();
const searched = new Set<string>();

const requireCache = (): Record<string, ModuleEntry | undefined> => require.cache;

/** Where a value is exported from: any module for `module.exports` itself, packages for its parts. */
export function exportOf(value: object): Exported | undefined {
  scanModules();
  return exported.get(value);
}

/** Finds an export of the package that `file` belongs to. */
export function exportOfPackage(value: object, file: string): Exported | undefined {
  scanModules();
  const known = exported.get(value);
  if (known !== undefined) return known;
  const folder = packageFolder(file);
  for (const candidate of Object.keys(requireCache())) {
    if (
      searched.has(candidate) ||
      !(candidate === file || (candidate.startsWith(folder) && isPackageFile(candidate)))
    )
      continue;
    const entry = requireCache()[candidate];
    if (entry === undefined || entry.loaded === false) continue;
    searched.add(candidate);
    listExports(candidate, entry.exports);
  }
  return exported.get(value);
}

/** Finds an export of any package that is loaded: for workers, which load few. */
export function exportOfAnyPackage(value: object): Exported | undefined {
  scanModules();
  for (const file of Object.keys(requireCache())) {
    if (searched.has(file) || !isPackageFile(file)) continue;
    const entry = requireCache()[file];
    if (entry === undefined || entry.loaded === false) continue;
    searched.add(file);
    listExports(file, entry.exports);
  }
  return exported.get(value);
}

const packageFolder = (file: string): string =>
  /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]/.exec(file)?.[0] ??
  ownFolders.find((folder) => file.startsWith(folder)) ??
  file;

let isScanned = false;

/** Modules may have been loaded since: the next question looks again. */
export function expectNewModules(): void {
  isScanned = false;
}

function scanModules(): void {
  if (isScanned) return;
  isScanned = true;
  for (const file of Object.keys(requireCache())) {
    if (scanned.has(file)) continue;
    const entry = requireCache()[file];
    if (entry === undefined || entry.loaded === false) continue;
    scanned.add(file);
    const { exports } = entry;
    if (isObject(exports) && !exported.has(exports)) exported.set(exports, { file, path: [] });
  }
}

function listExports(file: string, exports: unknown): void {
  if (!isObject(exports)) return;
  const isModule = Object.getOwnPropertyDescriptor(exports, '__esModule') !== undefined;
  const add = (object: object, path: Path, depth: number): void => {
    for (const key of Reflect.ownKeys(object)) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      // A getter of a compiled ES module is a re-export; any other getter is not ours to call.
      const isReExport = property?.get !== undefined && isModule && depth === 0;
      const value: unknown = isReExport ? (object as Record<PropertyKey, unknown>)[key] : property?.value;
      if (!isObject(value) || globalPath(value) !== undefined) continue;
      if (!exported.has(value)) {
        exported.set(value, { file, path: [...path, key] });
        if (depth < 1) add(value, [...path, key], depth + 1);
      }
      addPrototype(value, file, [...path, key]);
    }
  };
  add(exports, [], 0);
  addPrototype(exports, file, []);
}

function addPrototype(value: object, file: string, path: Path): void {
  if (typeof value !== 'function') return;
  const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value;
  if (isObject(prototype) && !exported.has(prototype))
    exported.set(prototype, { file, path: [...path, 'prototype'] });
}

/** An export of this very file. */
export function exportOfFile(value: object, file: string): Exported | undefined {
  const exports = requireCache()[file]?.exports;
  if (!isObject(exports)) return undefined;
  if (exports === value) return { file, path: [] };
  const name = Object.keys(exports).find((key) => (exports as Record<string, unknown>)[key] === value);
  return name === undefined ? undefined : { file, path: [name] };
}

/** An export of an ES module package, found by loading the same file again (it is loaded already). */
export function exportOfEsModule(value: unknown, file: string): Exported | undefined {
  try {
    const namespace = require(file) as Record<string, unknown>;
    if (namespace === value) return { file, path: [] };
    const name = Object.keys(namespace).find((key) => namespace[key] === value);
    if (name !== undefined) return { file, path: [name] };
    const main = namespace.default;
    if (!isObject(main)) return undefined;
    const member = Object.keys(main).find(
      (key) => Object.getOwnPropertyDescriptor(main, key)?.value === value,
    );
    return member === undefined ? undefined : { file, path: ['default', member] };
  } catch {
    return undefined;
  }
}

export const fileForm = (tag: string, { file, path }: Exported): Form => [
  tag,
  loadableFile(file),
  ...pathForms(path),
];

export const fileOfUrl = (url: string): string | null =>
  url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : null;
