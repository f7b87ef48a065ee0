import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOME } from '../../util/home';
import { isObject, type Form } from '../graph/forms';
import { globalPath, pathForms, type Path } from './intrinsics';

/** What modules export, and which of them travel by reference: packages, and those that `by_reference` named. */

/** The folder of this package: what lies below its dist/ is everywhere the same. */
export const packageRoot = findRoot(HOME);
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

/** How instances of a class travel lies one step deeper: see {@link file://../registry.ts}. */
const REDUCE = Symbol.for('multiprocessing.reduce');

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
        if (depth < 1 || key === REDUCE) add(value, [...path, key], depth + 1);
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

/** What the packed modules of this package are compiled as, wherever it lies: see scripts/pack_worker.mjs. */
export const PACKED = 'multiprocessing-ts/dist/';

export function fileOfUrl(url: string): string | null {
  if (url.startsWith(PACKED)) return join(HOME, url.slice(PACKED.length));
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : null;
}
