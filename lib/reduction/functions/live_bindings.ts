import { CellKind } from '../graph/forms';
import type { Trail } from '../graph/trail';
import type { Walk } from '../graph/walk';
import type { ModuleVariable } from './live_imports';
import { moduleScope } from './scopes';

/** Brings a variable of another module up to date, if workers have a mirror of that module. */
export function bindModuleVariable(
  walk: Walk,
  { script, name }: ModuleVariable,
  value: unknown,
  trail: Trail | null,
): void {
  const exporter = moduleScope(script);
  if (!exporter?.names.includes(name)) return;
  walk.entities.add(exporter.entity);
  walk.set(exporter.entity, CellKind.Variable, name, walk.form(value, trail));
}
