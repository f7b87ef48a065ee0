/**
 * "Positional or by keyword": one call, two spellings, as in Python.
 *
 * `pool.map(f, xs, 5)` and `pool.map(f, xs, { chunksize: 5 })` bind to the same record. Every public method
 * describes its parameters once and binds its argument list on each call, so the common shapes are kept cheap:
 * one literal with all fields, then one store for each argument that was given.
 */

/** The parameters of one call, as Python's `def` line has them. */
export interface Parameters<R extends object> {
  /** What messages call it: `map`, `Pool`. */
  readonly name: string;
  /**
   * A fresh record of all parameters with their defaults, in Python's order, keyword-only ones last. A literal,
   * so that all records of a call have one shape.
   */
  readonly defaults: () => R;
  /** How many of the first have no default. @default 0 */
  readonly required?: number;
  /** The names that can only be given by keyword: the last ones of the record. */
  readonly keywordOnly?: readonly (keyof R & string)[];
  /** The positional parameters that take any plain object as their value, as `kwds` does. */
  readonly objects?: readonly (keyof R & string)[];
}

/** Binds an argument list to its parameters. `null` and `undefined` count as left out and give the default. */
export type Signature<R extends object> = (args: readonly unknown[]) => R;

type Fields = Record<string, unknown>;

/**
 * Prepares the binding of one call.
 *
 * A last argument that is a plain object is keywords when each of its keys is a keyword of the call that is not
 * given by position; an empty one gives none. Where the next positional parameter takes any object (`kwds`), an
 * object with another key is its value, else that key is an unknown keyword.
 *
 * @throws TypeError (when binding) in Python's words: too many arguments, a missing one, an unknown keyword, two
 *   values for one parameter.
 * @example
 * const bind = signature({
 *   name: 'map',
 *   defaults: () => ({ func: null as unknown, iterable: null as unknown, chunksize: null as unknown }),
 *   required: 2,
 * });
 * bind([f, xs, { chunksize: 5 }]).chunksize; // 5
 */
export function signature<R extends object>(parameters: Parameters<R>): Signature<R> {
  const { name, defaults, required = 0, keywordOnly = [], objects = [] } = parameters;
  const names = Object.keys(defaults());
  const most = names.length - keywordOnly.length;
  const positions = new Map(names.map((key, index) => [key, index]));
  const takesObject = names.map((key) => objects.some((each) => each === key));

  function bind(args: readonly unknown[]): R {
    const count = args.length;
    const last = args[count - 1];
    if (typeof last === 'object' && last !== null && isPlain(last)) return bindLast(args, last as Fields);
    return fill(args, count);
  }

  /** Binds the first `count` by position. */
  function fill(args: readonly unknown[], count: number): R {
    if (count > most) throw tooMany(name, required, most, count);
    if (count < required) throw missing(name, names.slice(count, required));
    return store(args, count) as R;
  }

  function store(args: readonly unknown[], count: number): Fields {
    const record = defaults() as Fields;
    for (let i = 0; i < count; i++) {
      const value = args[i];
      // A required argument may be null: that is what the caller sends.
      if ((value !== undefined && value !== null) || i < required) record[names[i] as string] = value;
    }
    return record;
  }

  function bindLast(args: readonly unknown[], last: Fields): R {
    const given = args.length - 1;
    const keys = Object.keys(last);
    const fits = keys.every((key) => (positions.get(key) ?? -1) >= given);
    if (takesObject[given] === true && given < most) {
      const complete = names.slice(given, required).every((key) => Object.hasOwn(last, key));
      if (keys.length === 0 || !fits || !complete) return fill(args, args.length);
    }
    if (given > most) throw tooMany(name, required, most, given);
    if (!fits) throw unfit(keys, given);
    const absent = names.slice(given, required).filter((key) => !Object.hasOwn(last, key));
    if (absent.length > 0) throw missing(name, absent);

    const record = store(args, given);
    for (const key of keys) {
      const value = last[key];
      if ((value !== undefined && value !== null) || (positions.get(key) ?? 0) < required)
        record[key] = value;
    }
    return record as R;
  }

  function unfit(keys: readonly string[], given: number): TypeError {
    const unknown = keys.find((key) => !positions.has(key));
    if (unknown === undefined) {
      const twice = keys.find((key) => (positions.get(key) ?? given) < given) ?? '';
      return new TypeError(`${name}() got multiple values for argument '${twice}'`);
    }
    const near = names.find((key) => simplified(key) === simplified(unknown));
    const hint = near === undefined ? '' : `. Did you mean '${near}'?`;
    return new TypeError(`${name}() got an unexpected keyword argument '${unknown}'${hint}`);
  }

  return bind;
}

/** An object literal: no class, no array, nothing that can be iterated. In any realm. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return !(Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** `maxTasksPerChild` and `maxtasksperchild`, `errorCallback` and `error_callback` are near. */
function simplified(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}

function tooMany(name: string, required: number, most: number, count: number): TypeError {
  const takes = required === most ? String(most) : `from ${required} to ${most}`;
  const noun = most === 1 && required === most ? 'argument' : 'arguments';
  return new TypeError(
    `${name}() takes ${takes} positional ${noun} but ${count} ${count === 1 ? 'was' : 'were'} given`,
  );
}

function missing(name: string, absent: readonly string[]): TypeError {
  const quoted = absent.map((key) => `'${key}'`);
  const list =
    quoted.length < 3
      ? quoted.join(' and ')
      : `${quoted.slice(0, -1).join(', ')}, and ${quoted[quoted.length - 1] ?? ''}`;
  const noun = absent.length === 1 ? 'argument' : 'arguments';
  return new TypeError(`${name}() missing ${absent.length} required positional ${noun}: ${list}`);
}
