import { sep } from 'node:path';
import { newEntity, type Entity } from '../graph/heap';
import { refuse, type Trail } from '../graph/trail';
import type { Analysis, Usage } from './analysis';
import { analyze } from './analyze';
import { canInspect, inspect, type Inspection, type Location } from './inspector';
import { realmOf } from './realm_of';
import { scriptOf, Script } from './scripts';
import { fileOfUrl } from './exports';
import { EVERYWHERE, globalPath } from './intrinsics';
import type { ScopeRecord } from './scope_record';
import { noteWriter, scopesOf, type ScopeReadings } from './scopes';

/** Where a name of a function leads. */
export interface Binding {
  readonly name: string;
  readonly usage: Usage;
  /** `null`: a global, or a `let` of a script (REPL, -e), which is as good as one. */
  readonly scope: ScopeRecord | null;
  readonly isScriptVariable: boolean;
}

/** What stays true of a function that travels by value. */
export interface FunctionRecord {
  readonly entity: Entity;
  readonly analysis: Analysis;
  readonly location: Location;
  readonly script: Script;
  /** Outermost first. */
  readonly scopes: readonly ScopeRecord[];
  readonly bindings: readonly Binding[];
  readonly sloppy: boolean;
  /** What its definition refers to: superclass, captured `this` ..., filled by its first visit. */
  anchors: readonly Anchor[] | null;
}

export interface Anchor {
  readonly key: string;
  readonly label: string;
  readonly value: unknown;
}

const records = new WeakMap<Function, FunctionRecord>();
const places = new WeakMap<Function, { location: Location; script: Script }>();

export const recordOf = (f: Function): FunctionRecord | undefined => records.get(f);

export function placeOf(f: Function, seen?: Inspection): { location: Location; script: Script } | null {
  const known = places.get(f);
  if (known !== undefined) return known;
  if (!canInspect()) return null;
  const { location } = seen ?? inspect(f);
  if (location === null) return null;
  const place = { location, script: scriptOf(location.scriptId) };
  places.set(f, place);
  return place;
}

export const isNodeInternal = (f: Function): boolean => placeOf(f)?.script.url.startsWith('node:') === true;

/** Is it of a class, or the prototype of one, that the user wrote? */
export function isOfUser(thing: object): boolean {
  if (typeof thing === 'function') return false;
  let at: object | null = thing;
  for (; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof constructor !== 'function') continue;
    if (globalPath(constructor) !== undefined) return false;
    return placeOf(constructor)?.script.url.startsWith('node:') === false;
  }
  return false;
}

export function labelOf(f: Function): string {
  const place = placeOf(f);
  const name = nameOf(f) || '<anonymous>';
  if (place === null) return `function '${name}'`;
  const { lineNumber, columnNumber } = place.location;
  const file = fileOfUrl(place.script.url)?.replace(process.cwd() + sep, '') ?? (place.script.url || 'eval');
  return `function '${name}' (${file}:${lineNumber + 1}:${columnNumber + 1})`;
}

/** Its `name`, if that is a plain string. */
export function nameOf(f: Function): string {
  const name: unknown = Object.getOwnPropertyDescriptor(f, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

/** @throws PicklingError for a text that cannot be parsed. */
export function analyzeFunction(f: Function, trail: Trail | null): Analysis {
  try {
    return analyze(Function.prototype.toString.call(f));
  } catch (error) {
    const text = Function.prototype.toString.call(f);
    if (text.includes('new.target')) refuse('an arrow function that uses new.target cannot be sent', trail);
    return refuse(
      `the source of function '${nameOf(f)}' cannot be parsed (${(error as Error).message})`,
      trail,
    );
  }
}

export function makeRecord(
  f: Function,
  seen: Inspection,
  readings: ScopeReadings,
  trail: Trail | null,
): FunctionRecord {
  const analysis = analyzeFunction(f, trail);
  const { location, script } = placeOf(f, seen) as { location: Location; script: Script };
  const views = seen.scopes.filter(({ kind }) => kind !== 'Script');
  const scriptViews = seen.scopes.filter(({ kind }) => kind === 'Script');
  const scopes = scopesOf(f, location, script, views, readings);
  const bindings: Binding[] = [];
  let assignsUnknown = false;
  for (const [name, usage] of namesOf(analysis, scopes)) {
    const scope = scopes.findLast((candidate) => candidate.names.includes(name)) ?? null;
    const isScriptVariable = scope === null && scriptViews.some((view) => Object.hasOwn(view.values, name));
    if (scope !== null || isScriptVariable) {
      bindings.push({ name, usage, scope, isScriptVariable });
      if (usage.assigned && scope !== null) noteWriter(scope, name, f);
    } else if (!EVERYWHERE.has(name)) {
      bindings.push({ name, usage, scope: null, isScriptVariable: false });
      if (usage.assigned && globalProperty(f, name) === null) assignsUnknown = true;
    }
  }
  const record: FunctionRecord = {
    entity: newEntity(f),
    analysis,
    location,
    script,
    scopes,
    bindings,
    sloppy: isSloppy(f, analysis, script, assignsUnknown),
    anchors: null,
  };
  records.set(f, record);
  return record;
}

/** The names a function uses; with a direct `eval`, all that it can see. */
function namesOf(analysis: Analysis, scopes: readonly ScopeRecord[]): Map<string, Usage> {
  if (!analysis.usesEval) return analysis.free as Map<string, Usage>;
  const names = new Map(analysis.free);
  for (const scope of scopes) {
    for (const name of scope.names) {
      if (scope.isRoot && MODULE_VARIABLES.has(name)) continue;
      if (!names.has(name)) names.set(name, { chains: [], whole: true, assigned: false, places: [] });
    }
  }
  return names;
}

/** A function whose variables cannot be read: it must not have any. See fallback.ts. */
export function makeTextRecord(f: Function, analysis: Analysis): FunctionRecord {
  const record: FunctionRecord = {
    entity: newEntity(f),
    analysis,
    location: { scriptId: '', lineNumber: 0, columnNumber: 0 },
    script: new Script('', '', 0, null),
    scopes: [],
    bindings: [],
    sloppy: !analysis.strict || isSloppyFunction(f),
    anchors: null,
  };
  records.set(f, record);
  return record;
}

export const MODULE_VARIABLES: ReadonlySet<string> = new Set([
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'arguments',
]);

/**
 * Must it be compiled as sloppy code? Strict code is faster where rebuilt, so
 * sloppy is chosen only where the two differ.
 */
function isSloppy(f: Function, analysis: Analysis, script: Script, assignsUnknown: boolean): boolean {
  if (!analysis.strict) return true;
  // Only sloppy plain functions have a `caller`; of arrows and methods the script tells.
  if (isSloppyFunction(f)) {
    return analysis.usesInnerThis || analysis.usesWith || analysis.usesEval || assignsUnknown;
  }
  if (!assignsUnknown || Object.hasOwn(f, 'prototype') || script.isModule) return false;
  return !/^(?:\s|#!.*|\/\/.*|\/\*[^]*?\*\/|;)*(['"])use strict\1/.test(script.source);
}

/** Sloppy plain functions have a `caller`: their own, or from Node 26 on, by a getter that throws for all others. */
function isSloppyFunction(f: Function): boolean {
  if (Object.hasOwn(f, 'caller')) return true;
  // Arrows and methods have neither; a getter that throws costs 20 us.
  if (!Object.hasOwn(f, 'prototype')) return false;
  const getter = Object.getOwnPropertyDescriptor(Function.prototype, 'caller')?.get as
    (() => unknown) | undefined;
  try {
    return getter?.call(f) !== undefined;
  } catch {
    return false;
  }
}

/** A property of the global object of the function's realm, or of this one. */
export function globalProperty(
  f: Function,
  name: string,
): { realm: object; property: PropertyDescriptor } | null {
  for (const realm of new Set([realmOf(f), globalThis])) {
    const property = Object.getOwnPropertyDescriptor(realm, name);
    if (property !== undefined && !isReference(property)) return { realm, property };
  }
  return null;
}

const isReference = ({ value }: { value?: unknown }): boolean =>
  typeof value === 'function' && globalPath(value) !== undefined;
