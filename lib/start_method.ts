import {
  chooseMethod,
  chosenMethod,
  defaultMethod,
  START_METHODS,
  type StartMethod,
} from './engine/launchers';
import { RuntimeError, ValueError } from './errors';

/** The start methods of this platform, the default one first. */
export function get_all_start_methods(): StartMethod[] {
  return [...START_METHODS];
}

/**
 * The start method in use.
 *
 * @param allow_none - give `null` instead of choosing the default when none was set.
 */
export function get_start_method(allow_none = false): StartMethod | null {
  return allow_none ? chosenMethod() : defaultMethod();
}

/**
 * Chooses the start method, once, before the first pool is made.
 *
 * @param force - choose again although one was chosen.
 * @throws RuntimeError when one was chosen already.
 * @throws ValueError for a method that does not exist.
 */
export function set_start_method(method: StartMethod | null, force = false): void {
  if (chosenMethod() !== null && !force) throw new RuntimeError('context has already been set');
  if (method !== null) checkMethod(method);
  chooseMethod(method);
}

/** What every context has beside the names that are bound to its start method. */
export interface Bound {
  get_start_method(): StartMethod;
}

/**
 * The names for one start method.
 *
 * @param names - those of a facade, for each.
 * @param method - `null`: the one in use.
 * @throws ValueError for a method that does not exist.
 */
export function bound<Names extends object>(
  names: Readonly<Record<StartMethod, Names>>,
  method: StartMethod | null,
): Names & Bound {
  const name = method ?? defaultMethod();
  checkMethod(name);
  return { ...names[name], get_start_method: () => name };
}

function checkMethod(name: string): asserts name is StartMethod {
  if (!START_METHODS.some((method) => method === name))
    throw new ValueError(`cannot find context for '${name}'`);
}
