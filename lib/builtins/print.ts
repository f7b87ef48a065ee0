import { str } from '../util/repr';

/** The keywords of {@link print}. */
export interface PrintOptions {
  /** What stands between the values. @default ' ' */
  readonly sep?: string;
  /** What comes after the last. @default '\n' */
  readonly end?: string;
  /** Where to. @default process.stdout */
  readonly file?: { write(text: string): unknown };
  /** Taken for Python's sake: nothing is held back here. */
  readonly flush?: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set(['sep', 'end', 'file', 'flush']);

/**
 * Python's `print`: the values as {@link str} writes them (`None`, `True`, `[1, 'a']`, `{'k': 1}`), a space between
 * them, a new line after them.
 *
 * A last plain object is the keywords when it has no other keys than `sep`, `end`, `file`, `flush`. Numbers are
 * JavaScript's: `2.0` is written `2`.
 *
 * @example
 * print('pid', getpid(), [1, null, true]); // pid 4711 [1, None, True]
 * print('no', 'newline', { sep: '-', end: '' });
 */
export function print(...values: readonly unknown[]): void {
  const last = values[values.length - 1];
  const options = isOptions(last) ? last : null;
  const { sep = ' ', end = '\n', file = process.stdout } = options ?? {};
  const shown = options === null ? values : values.slice(0, -1);
  // One write: lines of several processes do not mix.
  file.write(shown.map(str).join(sep) + end);
}

function isOptions(value: unknown): value is PrintOptions {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => OPTIONS.has(key));
}
