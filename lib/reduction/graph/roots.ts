import { NotImplementedError } from '../../util/exceptions';
import type { VariableRead } from './walk';
import { scriptVariable } from '../functions/variables';
import { importForm } from '../functions/imported';
import { globalProperty, placeOf, recordOf } from '../functions/record';
import { exportOfFile, fileOfUrl } from '../functions/exports';
import { isTagged } from './decode';
import { Define, Tag, type Form } from './forms';
import type { Guard } from './guards';
import type { NeedsList } from './needs';
import { declare } from './declare';
import { otherEntity, type Entity } from './heap';
import { Walk } from './walk';
import type { EncodedFunction } from '../types';

/** A function that calls name, as it was encoded last, and how to tell that this still holds. */
interface Root {
  encoded: EncodedFunction;
  guards: readonly Guard[];
  reads: readonly VariableRead[];
  /** Tells whether all variables are as they were; `null`: they can only be inspected again. */
  unchanged: Guard | null;
  encodings: number;
}

/** A function of one kind of pool may stand on memory that it shares, and of the other on a module that it loads. */
const ofProcesses = new WeakMap<Function, Root>();
const ofThreads = new WeakMap<Function, Root>();

/** Functions that workers load with their module, because they cannot be copied. */
const imported = new WeakMap<Function, Entity>();

/** Stopping a function to get a live reader of its scope (5 ms) pays from this encoding on. */
const WORTH_A_READER = 3;

/** See `encodeFunction` in sending.ts. */
export function encodeRoot(f: Function, sharesMemory: boolean): EncodedFunction {
  const roots = sharesMemory ? ofThreads : ofProcesses;
  const root = roots.get(f);
  if (root === undefined) {
    const { encoded, walk } = encodeNow(f, sharesMemory);
    roots.set(f, { encoded, guards: walk.guards, reads: walk.reads, unchanged: null, encodings: 1 });
    return encoded;
  }
  if (root.unchanged?.() === true) {
    let holds = true;
    for (let i = 0; holds && i < root.guards.length; i++) holds = (root.guards[i] as Guard)();
    if (holds) return root.encoded;
  }
  return encodeAgain(f, root, sharesMemory);
}

function encodeAgain(f: Function, root: Root, sharesMemory: boolean): EncodedFunction {
  const { encoded, walk } = encodeNow(f, sharesMemory);
  root.encodings++;
  if (!isSame(root.encoded.needs as NeedsList, encoded.needs as NeedsList)) root.encoded = encoded;
  root.guards = walk.guards;
  root.reads = walk.reads;
  root.unchanged = variablesGuard(walk, root.encodings >= WORTH_A_READER);
  return root.encoded;
}

function encodeNow(f: Function, sharesMemory: boolean): { encoded: EncodedFunction; walk: Walk } {
  let walk = new Walk(sharesMemory);
  let id: number;
  try {
    const form = walk.form(f, null);
    walk.run();
    // Builtins and exports of packages are named by a reference.
    id = isTagged(form, Tag.Entity)
      ? (form as readonly [string, number])[1]
      : entered(
          walk,
          declare(f, () => form, Define.Reference),
        );
  } catch (error) {
    // A module that is loaded again would make another lock, and nobody would know.
    if (error instanceof NotImplementedError) throw error;
    walk = new Walk(sharesMemory);
    const form = importedForm(walk, f);
    if (form === null) throw error;
    id = entered(walk, importedEntity(f, form));
  }
  return { encoded: { id, needs: walk.needs() }, walk };
}

function entered(walk: Walk, entity: Entity): number {
  walk.entities.add(entity);
  return entity.uid;
}

/** Not the entity that it has already, which says how it is copied. */
function importedEntity(f: Function, form: Form): Entity {
  let entity = imported.get(f);
  if (entity === undefined) {
    entity = otherEntity(f);
    entity.definition = JSON.stringify([Define.Reference, entity.uid, form]);
    imported.set(f, entity);
  }
  return entity;
}

/** The function as an export of its module, which workers then load. */
function importedForm(walk: Walk, f: Function): Form | null {
  const url = recordOf(f)?.script.url ?? placeOf(f)?.script.url ?? '';
  const file = fileOfUrl(url);
  const exported = file === null ? undefined : exportOfFile(f, file);
  return exported === undefined ? null : importForm(walk, exported.file, exported.path.map(String));
}

function isSame(a: NeedsList, b: NeedsList): boolean {
  return (
    a.entities.length === b.entities.length &&
    a.versions.length === b.versions.length &&
    a.entities.every((entity, i) => entity === b.entities[i]) &&
    a.versions.every((version, i) => version === b.versions[i])
  );
}

/** Checks the variables that something assigns; first finds out which those are. */
function variablesGuard(walk: Walk, isWorthReader: boolean): Guard | null {
  const guards: Guard[] = [];
  for (const { scope, name, value } of walk.reads) {
    scope.settle(name, value);
    if (scope.isConstant(name)) continue;
    if (!isWorthReader) return null;
    const read = scope.reader(name);
    if (read === null || !Object.is(read(), value)) return null;
    guards.push(() => Object.is(read(), value));
  }
  for (const { f, name, isScriptVariable, value } of walk.globalReads) {
    guards.push(() =>
      Object.is(isScriptVariable ? scriptVariable(f, name) : globalProperty(f, name)?.property.value, value),
    );
  }
  if (guards.length === 0) return always;
  if (guards.length === 1) return guards[0] as Guard;
  return () => guards.every((guard) => guard());
}

const always: Guard = () => true;
