import { CellKind, Hidden, isObject, Tag, type Form } from '../graph/forms';
import { globals, type Entity } from '../graph/heap';
import { step, type Trail } from '../graph/trail';
import type { Walk } from '../graph/walk';
import type { Step } from './analysis';
import { inspect } from './inspector';
import { realmOf } from './realm_of';
import { importForm } from './imported';
import { bindModuleVariable } from './live_bindings';
import { importedFrom, liveImportOf } from './live_imports';
import { isExports, visitExports } from './modules';
import { globalProperty, MODULE_VARIABLES, type Binding, type FunctionRecord } from './record';
import { fileOfUrl } from './exports';
import { referenceTo } from './references';
import type { ScopeRecord } from './scope_record';

/** Puts the present value of every variable that a function names into the walk. */
export function bindVariables(walk: Walk, f: Function, record: FunctionRecord, trail: Trail | null): void {
  for (const binding of record.bindings) {
    if (binding.scope === null) bindGlobal(walk, f, binding, trail);
    else bindVariable(walk, f, record, binding, binding.scope, trail);
  }
}

function bindVariable(
  walk: Walk,
  f: Function,
  record: FunctionRecord,
  binding: Binding,
  scope: ScopeRecord,
  trail: Trail | null,
): void {
  const { name, usage } = binding;
  const value = valueOf(walk, f, record, scope, name);
  const here = step(trail, `variable '${name}'`);
  const { entity } = scope;
  if (name === Hidden.Live) return bindSnapshot(walk, entity, value as object, here);
  const special = specialForm(scope, name, value);
  if (special !== null) return walk.set(entity, CellKind.Variable, name, special);
  if (isObject(value) && !usage.whole && isExports(value) && referenceTo(value) === null) {
    const chains = usage.chains.map((chain) => resolved(chain, walk, f, record));
    if (chains.every((chain) => chain !== null)) {
      let form: Form = null;
      for (const chain of chains) form = visitExports(walk, value, chain, here);
      return walk.set(entity, CellKind.Variable, name, form);
    }
  }
  if (scope.kind === 'Module') bindExporter(walk, record, name, value, here);
  if (walk.has(entity, CellKind.Variable, name)) return;
  const origin = scope.kind === 'Module' && isObject(value) ? importedFrom(scope.script, name) : null;
  if (origin === null) return walk.set(entity, CellKind.Variable, name, walk.form(value, here));
  const failure = walk.attempt((trial) => {
    trial.set(entity, CellKind.Variable, name, trial.form(value, here));
  });
  if (failure === null) return;
  const form = importForm(walk, origin.file, origin.name === '*' ? [] : [origin.name]);
  if (form === null) throw failure;
  walk.set(entity, CellKind.Variable, name, form);
}

/** Live imports of rebuilt code, as they are now. */
function bindSnapshot(walk: Walk, entity: Entity, live: object, trail: Trail | null): void {
  walk.set(entity, CellKind.Variable, Hidden.Live, walk.form({ ...live }, trail));
}

/** The variable of another module that an imported name stands for is as new as the name itself. */
function bindExporter(
  walk: Walk,
  record: FunctionRecord,
  name: string,
  value: unknown,
  trail: Trail | null,
): void {
  const live = liveImportOf(record.script, name);
  if (live !== null) bindModuleVariable(walk, live, value, trail);
}

/** The value of a variable now. */
function valueOf(walk: Walk, f: Function, record: FunctionRecord, scope: ScopeRecord, name: string): unknown {
  if (scope.isConstant(name)) return scope.constant(name);
  const reader = scope.knownReader(name);
  if (reader !== null) {
    const value = reader();
    walk.reads.push({ scope, name, value });
    return value;
  }
  let values = walk.readings.get(scope);
  if (values === undefined) {
    const views = inspect(f).scopes.filter(({ kind }) => kind !== 'Script');
    record.scopes.forEach((each, depth) => {
      const view = views[views.length - 1 - depth];
      if (view !== undefined) walk.readings.set(each, view.values);
    });
    values = walk.readings.get(scope) ?? {};
  }
  const value = values[name];
  walk.reads.push({ scope, name, value });
  return value;
}

/** Variables that mean something else in a worker. */
function specialForm(scope: ScopeRecord, name: string, value: unknown): Form | null {
  const file = fileOfUrl(scope.script.url);
  if (
    MODULE_VARIABLES.has(name) &&
    name !== 'exports' &&
    scope.isRoot &&
    scope.kind === 'Closure' &&
    file !== null
  ) {
    return [Tag.ModuleVariable, name, file];
  }
  if (
    name.startsWith('cov_') &&
    typeof value === 'function' &&
    /actualCoverage|__coverage__/.test(String(value))
  ) {
    return [Tag.NoCoverage];
  }
  // In a worker that has workers of its own, what rebuilt code got from us.
  if (name === Hidden.Meta) return [Tag.MetaOf, scope.script.url];
  if (name === '__vite_ssr_dynamic_import__' || name === Hidden.Import)
    return [Tag.ImportFrom, scope.script.url];
  if (name === '__vite_ssr_import_meta__') return [Tag.MetaOf, scope.script.url];
  return null;
}

/** A chain with the variables in it replaced by the names they hold now; `null` if one holds none. */
function resolved(chain: readonly Step[], walk: Walk, f: Function, record: FunctionRecord): string[] | null {
  const names: string[] = [];
  for (const part of chain) {
    if (typeof part === 'string') names.push(part);
    else if (part === null) return null;
    else {
      const scope = record.scopes.findLast((candidate) => candidate.names.includes(part.variable));
      const value = scope === undefined ? undefined : valueOf(walk, f, record, scope, part.variable);
      if (typeof value !== 'string') return null;
      names.push(value);
    }
  }
  return names;
}

/** A global that the user made. */
function bindGlobal(walk: Walk, f: Function, { name, isScriptVariable }: Binding, trail: Trail | null): void {
  const found = isScriptVariable ? null : globalProperty(f, name);
  walk.globalReads.push({ f, name, isScriptVariable, value: found?.property.value });
  if (walk.has(globals, CellKind.Global, name)) return;
  let value: unknown;
  if (isScriptVariable) value = scriptVariable(f, name);
  else if (found === null) return;
  else if ('value' in found.property) value = found.property.value;
  // An accessor the user made on the global object: its value, once; never one of node's lazy ones.
  else return;
  const failure = walk.attempt((trial) => {
    trial.set(globals, CellKind.Global, name, trial.form(value, step(trail, `global '${name}'`)));
  });
  if (failure !== null) walk.set(globals, CellKind.Global, name, [Tag.Poison, failure.message]);
}

/** A `let` or `const` of a script: its realm's global code sees it. */
export function scriptVariable(f: Function, name: string): unknown {
  try {
    return (realmOf(f) as typeof globalThis).eval(name) as unknown;
  } catch {
    // Before its declaration.
    return undefined;
  }
}
