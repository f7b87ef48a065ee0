import { types } from 'node:util';
import { isObject } from '../graph/forms';
import { memberOf } from './live_imports';
import { placeOf } from './record';
import { exportOf, fileOfUrl, namedFiles } from './exports';

/** The files that `by_reference` was told of. */
export function nameFile(module: string | URL | object): void {
  const file = fileOfModule(module);
  if (file !== null) namedFiles.add(file);
}

export const isModuleFileKnown = (module: string | URL | object): boolean => fileOfModule(module) !== null;

/** The file of a module, given its name, its exports or its namespace. */
export function fileOfModule(module: string | URL | object): string | null {
  if (module instanceof URL) return fileOfUrl(module.href);
  if (typeof module === 'string') return fileOfUrl(module) ?? module;
  const exported = exportOf(module);
  if (exported?.path.length === 0) return exported.file;
  if (!types.isModuleNamespaceObject(module)) return null;
  // A namespace does not tell its file, but the functions in it do.
  for (const name of Object.keys(module)) {
    const value = memberOf(module, name);
    const url = isObject(value) && typeof value === 'function' ? placeOf(value)?.script.url : undefined;
    const file = url === undefined ? null : fileOfUrl(url);
    if (file !== null) return file;
  }
  return null;
}
