import { Define } from '../graph/forms';
import { newEntity, type Entity } from '../graph/heap';
import { inspect, type Location, type Script, type ScopeView } from './inspector';
import { fileOfUrl } from './references';

/**
 * One scope of this process: the variables of a module, of one activation of a
 * function, or of a block. V8 shows a fresh copy of a scope each time, so which
 * copies are of one scope must be found out (see `sameScope`).
 */
export class ScopeRecord {
  readonly entity: Entity;
  readonly parent: ScopeRecord | null;
  readonly names: readonly string[];
  readonly kind: string;
  readonly script: Script;
  /** Its place in the chain, outermost 0. */
  readonly depth: number;
  readonly children: ScopeIndex = new Map();
  /** Functions right in this scope, by where they stand in the source. */
  readonly members = new Map<string, WeakRef<Function>>();
  /** Any function that sees it: the way to read it again. */
  witness: WeakRef<Function>;
  /** Values of variables that nothing assigns after their declaration. */
  readonly constants = new Map<string, unknown>();
  /** A function that was sent assigns one of its variables. */
  hasWriter = false;

  constructor(parent: ScopeRecord | null, view: ScopeView, script: Script, witness: Function) {
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.names = Object.keys(view.values);
    this.kind = view.kind;
    this.script = script;
    this.witness = new WeakRef(witness);
    this.entity = newEntity(this);
    const file = fileOfUrl(script.url);
    this.entity.definition = JSON.stringify([
      Define.Scope,
      this.entity.uid,
      parent === null ? 0 : parent.entity.uid,
      this.names,
      parent === null ? file : null,
    ]);
  }

  get isRoot(): boolean {
    return this.parent === null;
  }
}

type ScopeIndex = Map<string, WeakRef<ScopeRecord>[]>;

/** What one run of encoding has read of the scopes so far. */
export type ScopeReadings = Map<ScopeRecord, Readonly<Record<string, unknown>>>;

const roots: ScopeIndex = new Map();
/** How far back to look for the scope of a closure. */
const CANDIDATES = 16;

/**
 * The records of the scopes that a function sees, outermost first. `views` are
 * innermost first, as inspected; scripts' own `let`s are globals and have none.
 */
export function scopesOf(
  f: Function,
  location: Location,
  script: Script,
  views: readonly ScopeView[],
  readings: ScopeReadings,
): ScopeRecord[] {
  const position = `${location.scriptId}:${location.lineNumber}:${location.columnNumber}`;
  const chain: ScopeRecord[] = [];
  let parent: ScopeRecord | null = null;
  for (let i = views.length - 1; i >= 0; i--) {
    const view = views[i] as ScopeView;
    const isFileScope = view.kind === 'Module' || (view.kind === 'Closure' && script.url.startsWith('file:'));
    const names = Object.keys(view.values);
    const tag = [location.scriptId, view.kind, view.name, ...names].join();
    const index: ScopeIndex = parent === null ? roots : parent.children;
    const list = alive(index.get(tag) ?? []);
    index.set(tag, list);
    let record: ScopeRecord | null = null;
    for (const candidate of list.slice(-CANDIDATES).reverse()) {
      const known = candidate.deref();
      if (known === undefined) continue;
      // The outermost scope of a file exists once.
      const isOnly = parent === null && isFileScope;
      if (isOnly || sameScope(known, view, f, i === 0 ? position : null, readings)) {
        record = known;
        break;
      }
    }
    if (record === null) {
      record = new ScopeRecord(parent, view, script, f);
      list.push(new WeakRef(record));
    }
    if (record.witness.deref() === undefined) record.witness = new WeakRef(f);
    if (i === 0) record.members.set(position, new WeakRef(f));
    readings.set(record, view.values);
    chain.push(record);
    parent = record;
  }
  return chain;
}

const alive = (list: WeakRef<ScopeRecord>[]): WeakRef<ScopeRecord>[] =>
  list.filter((reference) => reference.deref() !== undefined);

/**
 * Is `view` a copy of `record`? The values must be the same at this moment; and
 * two functions from one place in the source are taken to be of two activations.
 */
function sameScope(
  record: ScopeRecord,
  view: ScopeView,
  f: Function,
  position: string | null,
  readings: ScopeReadings,
): boolean {
  const other = position === null ? undefined : record.members.get(position)?.deref();
  if (other !== undefined && other !== f) return false;
  const values = readRecord(record, readings);
  return values !== null && record.names.every((name) => Object.is(values[name], view.values[name]));
}

/** The values of a scope now; `null` if no living function sees it any more. */
export function readRecord(record: ScopeRecord, readings: ScopeReadings): Readonly<Record<string, unknown>> | null {
  const known = readings.get(record);
  if (known !== undefined) return known;
  const witness = record.witness.deref();
  if (witness === undefined) return null;
  const views = inspect(witness).scopes.filter(({ kind }) => kind !== 'Script');
  const view = views[views.length - 1 - record.depth];
  if (view === undefined) return null;
  readings.set(record, view.values);
  return view.values;
}
