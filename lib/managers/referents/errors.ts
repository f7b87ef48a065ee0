import { KeyError } from '../../errors';
import { repr } from '../../util/repr';

/** Its message is how the key is written; in Python the key itself is its argument. */
export function keyError(key: unknown): KeyError {
  const error = new KeyError(repr(key));
  Object.defineProperty(error, 'args', { value: [key], configurable: true, writable: true });
  return error;
}

/** As Python counts the arguments of its built-in methods. @throws TypeError */
export function checkCount(name: string, args: readonly unknown[], least: number, most: number): void {
  const count = args.length;
  if (count >= least && count <= most) return;
  const bound = count < least ? least : most;
  const how = least === most ? '' : count < least ? 'at least ' : 'at most ';
  const noun = bound === 1 ? 'argument' : 'arguments';
  throw new TypeError(`${name} expected ${how}${bound} ${noun}, got ${count}`);
}

/** The same of methods that take one. @throws TypeError */
export function checkOne(name: string, args: readonly unknown[]): void {
  if (args.length !== 1) throw new TypeError(`${name}() takes exactly one argument (${args.length} given)`);
}
