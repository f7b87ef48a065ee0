import { types } from 'node:util';
import { scriptsByUrl, type Script } from './scripts';
import { placeOf } from './record';
import { fileOfUrl, isPackageFile } from './exports';
import { moduleFacts, type Import } from './script_facts';

/** A variable of an ES module. */
export interface ModuleVariable {
  readonly script: Script;
  readonly name: string;
}

/** Re-exports are followed so far. */
const MOST_HOPS = 16;

/**
 * The variable of another of the user's modules that an imported name stands
 * for, if something assigns it: then the name must be read anew at each use.
 */
export function liveImportOf(script: Script, name: string): ModuleVariable | null {
  if (!script.isModule) return null;
  const imported = moduleFacts(script).imports.get(name);
  return imported === undefined ? null : follow(script, imported, 0);
}

/** As {@link liveImportOf}, for a member of a namespace object. */
export function liveExportOf(namespace: object, name: string): ModuleVariable | null {
  const script = scriptOfNamespace(namespace);
  return script === null ? null : followExport(script, name, 0);
}

/** Where an imported name comes from, if that is one of the user's files. */
export function importedFrom(
  script: Script,
  name: string,
): { readonly file: string; readonly name: string } | null {
  const imported = script.isModule ? moduleFacts(script).imports.get(name) : undefined;
  const target = imported === undefined ? null : resolve(script, imported.specifier);
  const file = target === null ? null : fileOfUrl(target.url);
  return file === null || imported === undefined ? null : { file, name: imported.name };
}

function follow(from: Script, { specifier, name }: Import, hops: number): ModuleVariable | null {
  const target = name === '*' || hops > MOST_HOPS ? null : resolve(from, specifier);
  return target === null ? null : followExport(target, name, hops + 1);
}

function followExport(script: Script, name: string, hops: number): ModuleVariable | null {
  const facts = moduleFacts(script);
  const exported = facts.exports.get(name);
  if (exported === undefined) {
    for (const specifier of facts.stars) {
      const found = follow(script, { specifier, name }, hops);
      if (found !== null) return found;
    }
    return null;
  }
  if (!('local' in exported)) return follow(script, exported, hops);
  const imported = facts.imports.get(exported.local);
  if (imported !== undefined) return follow(script, imported, hops);
  return facts.mutable.has(exported.local) ? { script, name: exported.local } : null;
}

/** The script behind a relative specifier: the one of that file that was seen last. */
function resolve(from: Script, specifier: string): Script | null {
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) return null;
  let url: URL;
  try {
    url = new URL(specifier, from.url);
  } catch {
    return null;
  }
  for (const candidate of [url.href, ...EXTENSIONS.map((extension) => stem(url.href, extension))]) {
    const file = fileOfUrl(candidate);
    const script = scriptsByUrl(candidate)[0] ?? withQuery(candidate);
    if (script !== undefined && file !== null && !isPackageFile(file)) return script;
  }
  return null;
}

/** TypeScript's `./x.js` and `./x` are `./x.ts` where a loader compiles it. */
const EXTENSIONS = ['.ts', '.mts', '.tsx', '.js', '.mjs'];
const stem = (href: string, extension: string): string => href.replace(/\.[cm]?jsx?$/, '') + extension;

/** Loaders add queries to tell versions of a file apart. */
const withQuery = (href: string): Script | undefined => scriptsByUrl(href, true)[0];

/** A member of a namespace; before its declaration, `undefined`. */
export function memberOf(namespace: object, name: string): unknown {
  try {
    return (namespace as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

const scripts = new WeakMap<object, Script | null>();

/** A namespace does not tell its module, but a function that it declares does. */
function scriptOfNamespace(namespace: object): Script | null {
  const known = scripts.get(namespace);
  if (known !== undefined) return known;
  let found: Script | null = null;
  if (types.isModuleNamespaceObject(namespace)) {
    for (const name of Object.keys(namespace)) {
      const value = memberOf(namespace, name);
      const script = typeof value === 'function' ? placeOf(value)?.script : undefined;
      const exported = script?.isModule === true ? moduleFacts(script).exports.get(name) : undefined;
      if (script === undefined || exported === undefined || !('local' in exported)) continue;
      found = script;
      break;
    }
  }
  scripts.set(namespace, found);
  return found;
}
