import { types } from 'node:util';
import { CellKind, isObject, Make, Tag, type Form } from '../graph/forms';
import type { Entity } from '../graph/heap';
import { propertyGuard } from '../graph/guards';
import { declare } from '../graph/declare';
import { step, type Trail } from '../graph/trail';
import type { Walk } from '../graph/walk';
import { importForm } from './imported';
import { liveExportOf } from './live_imports';
import { fileOfModule } from './named';
import { exportOf } from './exports';
import { referenceTo } from './references';
import { moduleKey } from './scope_record';
import { bindModuleVariable } from './live_bindings';

/**
 * Exports of the user's own modules. Each is one object per worker that holds
 * only the members some sent function reaches: what a module exports beside
 * them need not be sendable.
 */
export function isExports(value: object): boolean {
  if (typeof value === 'function' || types.isProxy(value)) return false;
  if (types.isModuleNamespaceObject(value)) return true;
  if (Object.getOwnPropertyDescriptor(value, '__esModule')?.value === true) return true;
  if (exportOf(value)?.path.length === 0) return true;
  const properties = Object.values(Object.getOwnPropertyDescriptors(value));
  return properties.length > 0 && properties.every(({ get, set }) => get !== undefined && set === undefined);
}

/** `chain`: the only members needed; `null`: all of them, those that cannot be sent as throwing getters. */
export function visitExports(
  walk: Walk,
  value: object,
  chain: readonly string[] | null,
  trail: Trail | null,
): Form {
  const entity = declare(value, () => [Make.Exports, exportOf(value)?.file ?? null]);
  walk.entities.add(entity);
  if (chain === null) {
    walk.later(() => {
      for (const name of Object.keys(value)) visitMember(walk, value, entity, [name], trail, true);
    });
  } else if (chain[0] !== undefined) visitMember(walk, value, entity, chain, trail, false);
  return [Tag.Entity, entity.uid];
}

function visitMember(
  walk: Walk,
  value: object,
  entity: Entity,
  chain: readonly string[],
  trail: Trail | null,
  mayFail: boolean,
): void {
  const name = chain[0] as string;
  const property = Object.getOwnPropertyDescriptor(value, name);
  // Inherited members (toString ...) are there anyway.
  if (property === undefined) return;
  walk.guards.push(propertyGuard(value, name));
  const isNamespace = types.isModuleNamespaceObject(value);
  const here = step(trail, `export '${name}'${fileLabel(value)}`);
  const member: unknown = property.value;
  const isWhole =
    chain.length === 1 || !isObject(member) || !isExports(member) || referenceTo(member) !== null;
  if (property.get === undefined && !isWhole) {
    const form = visitExports(walk, member, chain.slice(1), here);
    return walk.set(entity, CellKind.Export, name, form);
  }
  if (walk.has(entity, CellKind.Export, name)) return;
  const live = isNamespace ? liveExportOf(value, name) : null;
  if (live !== null) bindModuleVariable(walk, live, member, here);
  const failure = walk.attempt((trial) => {
    if (property.get !== undefined)
      trial.set(entity, CellKind.Export, name, [Tag.Getter, trial.form(property.get, here)]);
    else {
      const form = trial.form(member, here);
      trial.set(
        entity,
        CellKind.Export,
        name,
        live === null ? form : [Tag.Live, moduleKey(live.script), live.name, form],
      );
    }
  });
  if (failure === null) return;
  // What cannot be copied but can be imported is imported.
  const file = fileOfModule(value);
  const imported = file === null ? null : importForm(walk, file, [name]);
  if (imported === null && !mayFail) throw failure;
  walk.set(entity, CellKind.Export, name, imported ?? [Tag.Poison, failure.message]);
}

function fileLabel(value: object): string {
  const file = exportOf(value)?.file;
  return file === undefined ? '' : ` of ${file}`;
}
