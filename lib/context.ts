import { RuntimeError, ValueError } from './errors';
import { Pool } from './pool';

/** How workers are started. */
export type StartMethod = 'spawn';

const METHODS: readonly StartMethod[] = ['spawn'];
let chosen: StartMethod | null = null;

/** The names of the module, bound to one start method: what `get_context` gives. */
export interface Context {
  readonly Pool: typeof Pool;
  get_start_method(): StartMethod;
}

/**
 * The names of this module for one start method.
 *
 * @param method - left out: the default one, `spawn`. `fork` and `forkserver` do not exist here: a running
 *   JavaScript engine cannot be forked.
 * @throws ValueError for a method that does not exist, in Python's words.
 * @example
 * const { Pool } = get_context('spawn');
 */
export function get_context(method: StartMethod | null = null): Context {
  const name = method ?? chosen ?? 'spawn';
  checkMethod(name);
  return { Pool, get_start_method: () => name };
}

/** The start methods of this platform, the default one first. */
export function get_all_start_methods(): StartMethod[] {
  return [...METHODS];
}

/**
 * The start method in use.
 *
 * @param allow_none - give `null` instead of choosing the default when none was set.
 */
export function get_start_method(allow_none = false): StartMethod | null {
  if (chosen === null && !allow_none) chosen = 'spawn';
  return chosen;
}

/**
 * Chooses the start method, once.
 *
 * @param force - choose again although one was chosen.
 * @throws RuntimeError when one was chosen already.
 * @throws ValueError for a method that does not exist.
 */
export function set_start_method(method: StartMethod | null, force = false): void {
  if (chosen !== null && !force) throw new RuntimeError('context has already been set');
  if (method !== null) checkMethod(method);
  chosen = method;
}

function checkMethod(name: string): asserts name is StartMethod {
  if (!METHODS.some((method) => method === name)) throw new ValueError(`cannot find context for '${name}'`);
}
