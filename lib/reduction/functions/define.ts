import { isAbsolute } from 'node:path';
import { Define, Hidden, type Form } from '../graph/forms';
import { globalPath } from './intrinsics';
import { Hint, refuse, step, type Trail } from '../graph/trail';
import type { Walk } from '../graph/walk';
import type { Range } from './analysis';
import { evaluateInside, isDebugged } from './debugger';
import { liveImportOf } from './live_imports';
import { nameOf, type Anchor, type FunctionRecord } from './record';
import { fileOfUrl } from './exports';
import { moduleKey } from './scope_record';
import { readRecord } from './scopes';

/** Lines up to here are kept in stack traces of workers by so many newlines before the text. */
const MOST_LINES = 20_000;

/** Writes the definition of a function once; each time, visits what it refers to. */
export function defineFunction(
  walk: Walk,
  f: Function,
  record: FunctionRecord,
  home: object | null,
  trail: Trail | null,
): void {
  record.anchors ??= anchorsOf(walk, f, record, home, trail);
  const forms: Record<string, Form> = {};
  for (const { key, label, value } of record.anchors) forms[key] = walk.form(value, step(trail, label));
  if (record.entity.definition !== '') return;
  const { analysis, entity, location, script, scopes, sloppy } = record;
  const live = liveNames(record);
  const file = fileOfUrl(script.url);
  entity.definition = JSON.stringify([
    Define.Function,
    entity.uid,
    {
      text: edited(f, record, live),
      shape: analysis.shape,
      scope: scopes.at(-1)?.entity.uid ?? 0,
      name: nameOf(f),
      line: location.lineNumber < MOST_LINES ? location.lineNumber : 0,
      column: location.columnNumber,
      url: script.url,
      ...(file !== null && isAbsolute(file) ? { file } : {}),
      ...(sloppy ? { sloppy: true } : {}),
      ...(analysis.importMetas.length > 0 ? { meta: true } : {}),
      ...(analysis.dynamicImports.length > 0 ? { imports: true } : {}),
      ...(live.length > 0 ? { live } : {}),
      ...(hasReplacedHeritage(record) ? { heritage: true } : {}),
      ...forms,
    },
  ]);
}

const hasReplacedHeritage = ({ analysis: { layout, text } }: FunctionRecord): boolean =>
  layout !== null && layout.heritage !== null && text.slice(...layout.heritage).trim() !== 'null';

/** The values outside its variables that a function cannot be rebuilt without. */
function anchorsOf(
  walk: Walk,
  f: Function,
  record: FunctionRecord,
  home: object | null,
  trail: Trail | null,
): Anchor[] {
  const { analysis } = record;
  const anchors: Anchor[] = [];
  const proto: unknown = Object.getPrototypeOf(f);
  if (hasReplacedHeritage(record)) anchors.push({ key: 'proto', label: '<superclass>', value: proto });
  else if (globalPath(proto as object) === undefined)
    anchors.push({ key: 'proto', label: '[[Prototype]]', value: proto });
  if (analysis.isArrow && (analysis.usesThis || analysis.usesSuper)) {
    anchors.push({ key: 'self', label: '<captured this>', value: captured(f, 'this', trail) });
  }
  if (analysis.isArrow && analysis.usesArguments) {
    const args = capturedArguments(walk, record) ?? captured(f, 'arguments', trail);
    anchors.push({
      key: 'args',
      label: '<captured arguments>',
      value: Array.from(args as ArrayLike<unknown>),
    });
  }
  if (analysis.usesSuper && analysis.layout === null) {
    if (home === null || analysis.isArrow)
      refuse('it uses `super` outside its class or object', trail, Hint.Super);
    anchors.push({ key: 'home', label: '<super>', value: Object.getPrototypeOf(home) });
  }
  return anchors;
}

function capturedArguments(walk: Walk, record: FunctionRecord): unknown {
  const scope = record.scopes.findLast((candidate) => candidate.names.includes('arguments'));
  return scope === undefined || scope.isRoot ? undefined : readRecord(scope, walk.readings)?.arguments;
}

function captured(f: Function, name: string, trail: Trail | null): unknown {
  if (isDebugged())
    refuse(
      `the \`${name}\` of an arrow function cannot be read while a debugger is attached`,
      trail,
      Hint.This,
    );
  try {
    return evaluateInside(f, name);
  } catch (error) {
    return refuse(
      `the \`${name}\` of an arrow function cannot be read (${(error as Error).message})`,
      trail,
      Hint.This,
    );
  }
}

/** Imported names that must be read anew at each use. */
function liveNames(record: FunctionRecord): Form[] {
  const live: Form[] = [];
  for (const { name, scope } of record.bindings) {
    if (scope?.kind !== 'Module') continue;
    const target = liveImportOf(record.script, name);
    if (target !== null) live.push([name, moduleKey(target.script), target.name]);
  }
  return live;
}

interface Edit {
  readonly range: Range;
  /** What to put there; `null`: spaces, keeping the lines. */
  readonly text: string | null;
}

/** The text with what cannot stand in a worker replaced. */
function edited(f: Function, record: FunctionRecord, live: readonly Form[]): string {
  const { analysis } = record;
  const { text, layout } = analysis;
  const edits: Edit[] = [];
  if (analysis.computedKey !== null) {
    const [start, end] = analysis.computedKey;
    edits.push({ range: [text.lastIndexOf('[', start), text.indexOf(']', end) + 1], text: 'm' });
  }
  if (layout !== null) {
    if (layout.heritage !== null && hasReplacedHeritage(record))
      edits.push({ range: layout.heritage, text: `(${Hidden.Super})` });
    for (const range of layout.statics) edits.push({ range, text: null });
  }
  for (const range of analysis.importMetas) edits.push({ range, text: Hidden.Meta });
  for (const range of analysis.dynamicImports) edits.push({ range, text: Hidden.Import });
  for (const entry of live) {
    const [name] = entry as readonly [string];
    for (const { range, shorthand } of analysis.free.get(name)?.places ?? []) {
      edits.push({ range, text: `${shorthand ? `${name}:` : ''}${Hidden.Live}.${name}` });
    }
  }
  edits.sort((a, b) => b.range[0] - a.range[0]);
  let result = text;
  for (const { range, text: replacement } of edits) {
    const [start, end] = range;
    result =
      result.slice(0, start) +
      (replacement ?? result.slice(start, end).replace(/[^\n]/g, ' ')) +
      result.slice(end);
  }
  return result;
}
