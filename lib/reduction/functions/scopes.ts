import { analyze } from './analyze';
import { inspect, type Location, type ScopeView } from './inspector';
import { ScopeRecord, type ScopeIndex } from './scope_record';
import type { Script } from './scripts';

/** Which scopes a function sees: of the copies that V8 shows, those of one scope get one record. */

/** What one run of encoding has read of the scopes so far. */
export type ScopeReadings = Map<ScopeRecord, Readonly<Record<string, unknown>>>;

const roots: ScopeIndex = new Map();
/** Scopes of modules live as long as their modules, which is as good as for ever. */
const modules = new Set<ScopeRecord>();
/** The scope of an ES module, if a function of it was ever sent. */
export function moduleScope(script: Script): ScopeRecord | null {
  for (const record of modules) if (record.isRoot && record.script.id === script.id) return record;
  return null;
}

/** How many scopes are looked at to find the one of a closure. */
const CANDIDATES = 32;

/**
 * Scopes whose variables some worker changed, and a function to see them by:
 * that worker's values must not be lost because the last closure over them was.
 */
const recent = new Map<ScopeRecord, Function>();
const RECENT = 64;

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
  const hidden = views.map((_, i) => new Set(views.slice(0, i).flatMap(({ values }) => Object.keys(values))));
  for (let i = views.length - 1; i >= 0; i--) {
    const view = views[i] as ScopeView;
    const tag = [location.scriptId, view.kind, view.name, ...Object.keys(view.values)].join();
    const index: ScopeIndex = parent === null ? roots : parent.children;
    const list = listOf(index, tag);
    const candidates = list.slice(-CANDIDATES).flatMap((reference) => reference.deref() ?? []);
    const isOnly: boolean = script.url.startsWith('file:') && isModuleScope(parent, view);
    let record: ScopeRecord | null = isOnly
      ? (candidates.at(-1) ?? null)
      : findScope(candidates, view, f, i === 0 ? position : null, readings);
    if (record === null) {
      record = new ScopeRecord(parent, view, script);
      list.push(new WeakRef(record));
      if (isOnly) modules.add(record);
    }
    record.addWitness(f, hidden[i] as ReadonlySet<string>);
    record.saw(view.values);
    if (i === 0) record.members.set(position, new WeakRef(f));
    readings.set(record, view.values);
    chain.push(record);
    parent = record;
  }
  return chain;
}

/** The known scopes of one kind; now and then without those that are gone. */
function listOf(index: ScopeIndex, tag: string): WeakRef<ScopeRecord>[] {
  let list = index.get(tag) ?? [];
  // At every doubling above this, so that it costs nothing on the average.
  if (list.length >= MANY && (list.length & (list.length - 1)) === 0) {
    list = list.filter((reference) => reference.deref() !== undefined);
  }
  index.set(tag, list);
  return list;
}

const MANY = 128;

const WRAPPER_NAMES = new Set(['require', 'module', 'exports', '__filename', '__dirname']);

/** The scope of a file exists once; tsx puts the module's own into a second one. */
function isModuleScope(parent: ScopeRecord | null, view: ScopeView): boolean {
  if (parent === null) return view.kind === 'Module' || view.kind === 'Closure';
  const isInWrapper = parent.isRoot && parent.names.every((name) => WRAPPER_NAMES.has(name));
  return isInWrapper && view.kind === 'Closure' && view.name === '';
}

/** Notes that a function which is sent assigns variables of this scope. */
export function noteWriter(record: ScopeRecord, name: string, f: Function): void {
  record.written.add(name);
  if (modules.has(record)) return;
  recent.delete(record);
  recent.set(record, f);
  const oldest = recent.keys().next();
  if (recent.size > RECENT && oldest.done !== true) recent.delete(oldest.value);
}

/**
 * The record that `view` is a copy of. Its values must be equal now. Of two
 * functions from one place in the source, one scope each is assumed, which is
 * wrong for closures that a loop makes over variables outside of it. It matters
 * only if a worker changes such a variable: then the scopes themselves are
 * asked, by writing a mark into one and looking at the other.
 */
function findScope(
  candidates: readonly ScopeRecord[],
  view: ScopeView,
  f: Function,
  position: string | null,
  readings: ScopeReadings,
): ScopeRecord | null {
  const names = Object.keys(view.values);
  const writes = [...(position === null ? [] : assignedBy(f))].filter((name) => names.includes(name));
  const isTaken = (record: ScopeRecord): boolean => {
    const member = position === null ? undefined : record.members.get(position);
    return member !== undefined && member.deref() !== f;
  };
  const isWritten = writes.length > 0 || candidates.some((record) => record.written.size > 0);
  const isEqual = (record: ScopeRecord): boolean => {
    const values = readRecord(record, readings);
    return names.every((name) =>
      Object.is(values === null ? record.lastKnown(name) : values[name], view.values[name]),
    );
  };
  // The last one first, and no more than it takes: to look into a scope costs as much as to send a call by hundreds.
  if (!isWritten) return candidates.findLast((record) => !isTaken(record) && isEqual(record)) ?? null;
  const equal = candidates.filter(isEqual);
  const free = equal.filter((record) => !isTaken(record));
  if (equal.length === 0 || (equal.length === 1 && free.length === 1)) return equal[0] ?? null;
  const mark = writes[0] ?? equal.flatMap((record) => [...record.written])[0];
  return (mark === undefined ? null : ask(equal, mark, f)) ?? null;
}

function assignedBy(f: Function): string[] {
  try {
    const { free } = analyze(Function.prototype.toString.call(f));
    return [...free].filter(([, usage]) => usage.assigned).map(([name]) => name);
  } catch {
    return [];
  }
}

/** Which of these scopes does `f` see? Each gets a mark of its own in a variable, for a moment. */
function ask(records: readonly ScopeRecord[], name: string, f: Function): ScopeRecord | null {
  const undo: (() => void)[] = [];
  const marks = new Map<object, ScopeRecord>();
  try {
    for (const record of records) {
      const evaluate = record.evaluator();
      if (evaluate === null || evaluate.hides(name)) continue;
      const get = evaluate.compile(`()=>${name}`) as () => unknown;
      const set = evaluate.compile(`$__mp_value=>{${name}=$__mp_value}`) as (value: unknown) => void;
      const value = get();
      const mark = {};
      undo.push(() => {
        set(value);
      });
      set(mark);
      marks.set(mark, record);
    }
    if (marks.size === 0) return null;
    for (const { values } of inspect(f).scopes) {
      const found = marks.get(values[name] as object);
      if (found !== undefined) return found;
    }
    return null;
  } finally {
    for (const restore of undo) restore();
  }
}

/** The values of a scope now; `null` if no living function sees it any more. */
export function readRecord(
  record: ScopeRecord,
  readings: ScopeReadings,
): Readonly<Record<string, unknown>> | null {
  const known = readings.get(record);
  if (known !== undefined) return known;
  const { witness } = record;
  if (witness === null) return null;
  const views = inspect(witness).scopes.filter(({ kind }) => kind !== 'Script');
  const view = views[views.length - 1 - record.depth];
  if (view === undefined) return null;
  readings.set(record, view.values);
  return view.values;
}
