import { isModuleFileKnown, nameFile } from './functions/named';

/** How the instances of a class travel. */
export interface Reducer<T, S> {
  /** What is enough to make the object again: plain data, or anything else that can be sent. */
  reduce: (object: T) => S;
  /** Makes it again, in the other process; it may use whatever functions may use. */
  rebuild: (state: S) => T;
}

type AnyReducer = Reducer<unknown, unknown>;
type Class<T> = abstract new (...args: never[]) => T;

/** The name of a static property that holds a {@link Reducer}: a class's own word on how its instances travel. */
export const REDUCE = Symbol.for('multiprocessing.reduce');

/** What `reduce` of this package's own classes returns for an object that is to go by its fields after all. */
export const BY_FIELDS = Symbol('by fields');

const reducers = new WeakMap<object, AnyReducer>();

/**
 * Says how the instances of a class travel to another process and back, subclasses included.
 *
 * Python's `copyreg.pickle`. A class may say it itself:
 * `static [Symbol.for('multiprocessing.reduce')] = { reduce, rebuild }`. Needed for what cannot be copied from
 * outside: instances with `#private` fields, handles that another process can open again.
 *
 * @throws TypeError if `Class` is no class, or `reduce` or `rebuild` no function.
 *
 * @example
 * class Money { #cents; constructor(cents: number) { this.#cents = cents; } get cents() { return this.#cents; } }
 * register(Money, { reduce: (m) => m.cents, rebuild: (cents: number) => new Money(cents) });
 */
export function register<T, S>(Class: Class<T>, reducer: Reducer<T, S>): void {
  const prototype: unknown = typeof Class === 'function' ? Class.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null) throw new TypeError('register() takes a class');
  if (!isReducer(reducer)) throw new TypeError('register() takes { reduce, rebuild }, both functions');
  reducers.set(prototype, reducer);
}

/**
 * Makes a module travel by reference: workers load it themselves instead of getting copies of what it exports.
 * That is how packages and node's own modules travel anyway. Python has no such call: there, all code travels so.
 *
 * @param module - the file's path or URL, or what `require` or `import * as` of it gave.
 * @throws TypeError for anything else.
 *
 * @example
 * import * as database from './database';
 * by_reference(database);
 */
export function by_reference(module: string | URL | object): void {
  nameFile(module);
  if (!isModuleFileKnown(module)) throw new TypeError('by_reference() takes a module or its file name');
}

function isReducer(value: unknown): value is AnyReducer {
  if (typeof value !== 'object' || value === null) return false;
  const { reduce, rebuild } = value as Partial<AnyReducer>;
  return typeof reduce === 'function' && typeof rebuild === 'function';
}

/** The reducer of a class that is registered from outside. */
export const registeredReducer = (prototype: object): object | undefined => reducers.get(prototype);

/** How this object is to travel; `null`: by its fields. */
export function reducerOf(object: object): AnyReducer | null {
  let proto = Object.getPrototypeOf(object) as object | null;
  for (; proto !== null; proto = Object.getPrototypeOf(proto) as object | null) {
    const known = reducers.get(proto);
    if (known !== undefined) return known;
    const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof constructor !== 'function') continue;
    const own: unknown = Object.getOwnPropertyDescriptor(constructor, REDUCE)?.value;
    if (isReducer(own)) return own;
  }
  return null;
}
