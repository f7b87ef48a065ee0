import { builtinModules } from 'node:module';
import { mainRealm } from '../../util/realm';
import { isObject } from '../graph/forms';
import { globalPath, type Path } from './intrinsics';

/** Node's own modules and their parts, which travel by name. */

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
