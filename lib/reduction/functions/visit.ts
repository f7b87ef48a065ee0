import { join } from 'node:path';
import { CellKind, Make, Tag, type Form } from '../graph/forms';
import { globals } from '../graph/heap';
import { declare } from '../graph/declare';
import { Hint, refuse, step, type Trail } from '../graph/trail';
import type { Walk } from '../graph/walk';
import { visitMembers } from './classes';
import { defineFunction } from './define';
import { recordByText } from './fallback';
import { canInspect, inspect, type Inspection } from './inspector';
import { analyzeFunction, labelOf, makeRecord, nameOf, recordOf, type FunctionRecord } from './record';
import { builtinMemberPath } from './builtin_modules';
import {
  exportOfAnyPackage,
  exportOfEsModule,
  exportOfPackage,
  fileForm,
  fileOfUrl,
  isPackageFile,
} from './exports';
import { pathForms } from './intrinsics';
import { isNative } from './references';
import { placeOf } from './record';
import { bindVariables } from './variables';

/** The form of a function: by value, unless it can be imported. */
export function visitFunction(
  walk: Walk,
  f: Function,
  trail: Trail | null,
  home: object | null = null,
): Form {
  const known = recordOf(f);
  if (known !== undefined) return enter(walk, f, known, trail, home);
  if (!canInspect()) return visitText(walk, f, trail, home);
  if (isNative(f)) return visitBound(walk, f, trail);
  const seen = inspect(f);
  const place = placeOf(f, seen);
  if (place === null) return refuse(`function '${nameOf(f)}' has no place in a source`, trail);
  const { url } = place.script;
  if (url.startsWith('node:')) return visitInternal(walk, f, seen, url, trail);
  const file = fileOfUrl(url);
  if (file !== null && isPackageFile(file)) {
    const exported = exportOfPackage(f, file) ?? exportOfEsModule(f, file);
    if (exported !== undefined) return fileForm(Tag.File, exported);
  }
  const here = step(trail, () => labelOf(f));
  refuseUnsendable(f, here);
  return enter(walk, f, makeRecord(f, seen, walk.readings, here), trail, home);
}

function enter(
  walk: Walk,
  f: Function,
  record: FunctionRecord,
  trail: Trail | null,
  home: object | null,
): Form {
  const { entity, scopes } = record;
  for (const scope of scopes) walk.entities.add(scope.entity);
  const here = step(trail, () => labelOf(f));
  walk.entities.add(entity);
  defineFunction(walk, f, record, home, here);
  walk.later(() => {
    bindVariables(walk, f, record, here);
    visitMembers(walk, f, record, here);
  });
  return [Tag.Entity, entity.uid];
}

/** Without the inspector: builtins by reference, everything else by its text. */
function visitText(walk: Walk, f: Function, trail: Trail | null, home: object | null): Form {
  const path = builtinMemberPath(f);
  if (path !== undefined) return [Tag.Builtin, ...pathForms(path)];
  const exported = exportOfAnyPackage(f);
  if (exported !== undefined && isPackageFile(exported.file)) return fileForm(Tag.File, exported);
  const record = recordByText(f, trail);
  if (record.analysis.free.has('require')) {
    const anywhere = join(process.cwd(), 'noop.js');
    walk.set(globals, CellKind.Global, 'require', [Tag.ModuleVariable, 'require', anywhere]);
  }
  return enter(walk, f, record, trail, home);
}

function refuseUnsendable(f: Function, trail: Trail | null): void {
  const analysis = analyzeFunction(f, trail);
  if (analysis.usesPrivate) refuse('it uses private members (#name) of a class around it', trail, Hint.Super);
  if (analysis.isArrow && analysis.usesNewTarget)
    refuse('an arrow function that uses new.target cannot be sent', trail);
}

function visitBound(walk: Walk, f: Function, trail: Trail | null): Form {
  const { TargetFunction: target, BoundThis: self, BoundArgs: args } = inspect(f).internal;
  if (target === undefined)
    return refuse(`native function '${nameOf(f)}' is not part of node or of the language`, trail);
  const list = Object.values((args ?? []) as Record<number, unknown>).slice(
    0,
    (args as unknown[] | undefined)?.length ?? 0,
  );
  const targetForm = walk.form(target, step(trail, '<bound function>'));
  const selfForm = walk.form(self, step(trail, '<bound this>'));
  const argForms = list.map((arg, i) => walk.form(arg, step(trail, `<bound argument ${i}>`)));
  const entity = declare(f, () => [Make.Bound, targetForm, selfForm, ...argForms]);
  walk.entities.add(entity);
  return [Tag.Entity, entity.uid];
}

/** A function that node made for the user: `require`, `promisify(f)`. */
function visitInternal(walk: Walk, f: Function, seen: Inspection, url: string, trail: Trail | null): Form {
  const path = builtinMemberPath(f, url.slice('node:'.length));
  if (path !== undefined) return [Tag.Builtin, ...pathForms(path)];
  const variables = seen.scopes[0]?.values ?? {};
  if (url === 'node:internal/util' && typeof variables.original === 'function') {
    const original = walk.form(variables.original, step(trail, '<promisified>'));
    const entity = declare(f, () => [Make.Promisified, original]);
    walk.entities.add(entity);
    return [Tag.Entity, entity.uid];
  }
  if (typeof (f as { resolve?: unknown }).resolve === 'function' && 'cache' in f) {
    const { filename } = (variables.mod ?? {}) as { filename?: string };
    const entity = declare(f, () => [Make.Require, filename ?? null]);
    walk.entities.add(entity);
    return [Tag.Entity, entity.uid];
  }
  return refuse(`function '${nameOf(f)}' lives inside node itself (${url}) and is not exported`, trail);
}
