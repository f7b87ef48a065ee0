import { CellKind, Flag, Tag, type Form } from '../graph/forms';
import { propertyForm } from '../graph/content';
import { REDUCE, registeredReducer } from '../registry';
import { globalPath } from './intrinsics';
import { step, type Trail } from '../graph/trail';
import { functionGuard } from '../graph/guards';
import { symbolForm } from '../graph/symbols';
import type { Walk } from '../graph/walk';
import { nameOf, type FunctionRecord } from './record';

/** Properties that every function has by itself. */
const OWN = new Set<PropertyKey>(['length', 'arguments', 'caller', 'prototype']);

/**
 * The properties of a function, the members of its prototype, and what that
 * inherits from. What the text of a class makes by itself is not sent, until
 * somebody replaces it.
 */
export function visitMembers(walk: Walk, f: Function, record: FunctionRecord, trail: Trail | null): void {
  const { analysis } = record;
  walk.guards.push(functionGuard(f));
  const prototype: unknown = Object.getOwnPropertyDescriptor(f, 'prototype')?.value;
  const statics = Reflect.ownKeys(f).filter((key) => !OWN.has(key) && !(key === 'name' && isOwnName(f)));
  visitProperties(walk, f, record, CellKind.Static, statics, trail);
  if (typeof prototype !== 'object' || prototype === null || analysis.isGenerator) return;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (constructor !== f) {
    // Replaced as a whole: `F.prototype = {...}`.
    const form = [Tag.Value, walk.form(prototype, step(trail, '.prototype'))];
    return walk.set(record.entity, CellKind.Static, 'prototype', form);
  }
  const members = Reflect.ownKeys(prototype).filter((key) => key !== 'constructor');
  visitProperties(walk, prototype, record, CellKind.Member, members, step(trail, '.prototype'));
  const reducer = registeredReducer(prototype);
  // So that the worker can return what it was sent.
  if (reducer !== undefined) {
    const form = walk.form(reducer, step(trail, '<registered>'));
    walk.set(record.entity, CellKind.Static, symbolForm(REDUCE), [Tag.Property, Flag.Configurable, form]);
  }
  if (analysis.layout !== null) return;
  const above = Object.getPrototypeOf(prototype) as object | null;
  if (above === null || globalPath(above) !== undefined) return;
  walk.set(record.entity, CellKind.Heritage, '', walk.form(above, step(trail, '.prototype.[[Prototype]]')));
}

const isOwnName = (f: Function): boolean =>
  typeof Object.getOwnPropertyDescriptor(f, 'name')?.value === 'string';

function visitProperties(
  walk: Walk,
  holder: object,
  record: FunctionRecord,
  kind: string,
  keys: readonly PropertyKey[],
  trail: Trail | null,
): void {
  const { entity, analysis } = record;
  const present = new Set<string>();
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(holder, key) as PropertyDescriptor;
    const keyForm = typeof key === 'symbol' ? symbolForm(key) : String(key);
    const cell = kind + (typeof keyForm === 'string' ? keyForm : JSON.stringify(keyForm));
    present.add(cell);
    if (isMadeByText(property, key, analysis.layout?.methods)) {
      // Told only if it was replaced before, and is the class's own again.
      if (entity.cells.has(cell)) walk.set(entity, kind, keyForm, [Tag.Original]);
      continue;
    }
    const [, ...rest] = propertyForm(key, property, walk.sink(trail, holder)) as readonly Form[];
    walk.set(entity, kind, keyForm, [Tag.Property, ...rest]);
  }
  for (const cell of entity.cells.values()) {
    const [cellKind, , name] = JSON.parse(`${cell.head}]`) as [string, number, Form];
    if (cellKind !== kind || present.has(kind + (typeof name === 'string' ? name : JSON.stringify(name))))
      continue;
    if (name !== 'prototype' && !walk.has(entity, kind, name) && !isReduceKey(name))
      walk.set(entity, kind, name, [Tag.Gone]);
  }
}

function isMadeByText(
  property: PropertyDescriptor,
  key: PropertyKey,
  methods: ReadonlySet<string> | undefined,
): boolean {
  if (methods === undefined) return false;
  const f: unknown = property.get ?? property.set ?? property.value;
  if (typeof f !== 'function' || !methods.has(Function.prototype.toString.call(f))) return false;
  const name = typeof key === 'symbol' ? `[${key.description ?? ''}]` : String(key);
  return nameOf(f).replace(/^(?:get|set) /, '') === name;
}

const isReduceKey = (name: Form): boolean => JSON.stringify(name) === JSON.stringify(symbolForm(REDUCE));
