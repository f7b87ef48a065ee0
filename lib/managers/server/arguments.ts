import { StopIteration, AttributeError } from '../../errors';
import { type_name } from '../../util/repr';

/** What a class of shared objects says of the names of its methods' parameters; `__init__` is its constructor. */
type Parameters = Readonly<Record<string, readonly string[] | undefined>>;

/** Never to be reached from outside. */
const HIDDEN = new Set(['constructor', 'callerEnded', 'disposed', 'undelivered', '__getvalue__']);

const publics = new WeakMap<object, readonly string[]>();

/** The names of the methods of an object that do not begin with `_`. */
export function publicMethods(object: unknown): readonly string[] {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return [];
  const own = methodsIn(object);
  const prototype = Object.getPrototypeOf(object) as object | null;
  let inherited = prototype === null ? [] : publics.get(prototype);
  if (inherited === undefined) {
    const names = new Set<string>();
    for (
      let proto = prototype;
      proto !== null && Object.getPrototypeOf(proto) !== null;
      proto = Object.getPrototypeOf(proto) as object | null
    )
      for (const name of methodsIn(proto)) names.add(name);
    inherited = [...names];
    publics.set(prototype as object, inherited);
  }
  return own.length === 0 ? inherited : [...new Set([...own, ...inherited])];
}

function methodsIn(object: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(object))
    .filter(([name, { value }]) => typeof value === 'function' && !name.startsWith('_') && !HIDDEN.has(name))
    .map(([name]) => name);
}

type Method = (...args: unknown[]) => unknown;

/** A method of a shared object by its name in Python. @throws AttributeError if it has none. */
export function methodOf(object: unknown, name: string): Method {
  const found: unknown =
    object === null || object === undefined || HIDDEN.has(name)
      ? undefined
      : (object as Record<string, unknown>)[name];
  if (typeof found === 'function')
    return (...args) => (found as (this: unknown, ...args: unknown[]) => unknown).apply(object, args);
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name]?.(object) : undefined;
  if (special === undefined || special === null) throw noAttribute(object, name);
  return special;
}

const noAttribute = (object: unknown, name: string): AttributeError =>
  new AttributeError(`'${type_name(object)}' object has no attribute '${name}'`);

type Bag = Record<string, unknown>;

/** What Python's objects have and JavaScript's spell otherwise, for classes that do not define it themselves. */
const SPECIAL: Readonly<Record<string, (object: unknown) => Method | null>> = {
  __getattribute__: (object) => (name) => {
    if (!isVisible(name) || !(name in Object(object))) throw noAttribute(object, String(name));
    return (object as Bag)[name];
  },
  __setattr__: (object) => (name, value) => {
    if (!isVisible(name)) throw noAttribute(object, String(name));
    (object as Bag)[name] = value;
  },
  __delattr__: (object) => (name) => {
    if (!isVisible(name) || !Object.hasOwn(Object(object) as object, name))
      throw noAttribute(object, String(name));
    Reflect.deleteProperty(object as object, name);
  },
  __len__: (object) => {
    const { length, size } = Object(object) as { length?: unknown; size?: unknown };
    const count = length ?? size;
    return typeof count === 'number' ? () => count : null;
  },
  __next__: (object) => steps(object, 'next'),
  send: (object) => steps(object, 'next'),
  close: (object) => steps(object, 'return'),
};

const isVisible = (name: unknown): name is string =>
  typeof name === 'string' && name !== '__proto__' && !HIDDEN.has(name);

/** A generator's method: its end is a StopIteration. */
function steps(object: unknown, name: 'next' | 'return'): Method | null {
  const step = (object as Partial<Record<typeof name, unknown>> | null)?.[name];
  if (typeof step !== 'function') return null;
  return async (...args) => {
    const { done, value } = (await (step as Method).apply(object, args)) as IteratorResult<unknown, unknown>;
    if (name === 'return') return null;
    if (done === true) throw new StopIteration(value ?? null);
    return value;
  };
}

/** The names of the parameters of a method; `null`: nobody says. */
export function parametersOf(Class: unknown, name: string): readonly string[] | null {
  if (typeof Class !== 'function') return null;
  const { parameters } = Class as unknown as { readonly parameters?: Parameters };
  return typeof parameters === 'object' && Object.hasOwn(parameters, name)
    ? (parameters[name] ?? null)
    : null;
}

/**
 * The arguments of a call with keywords: put in their places, or as one last object.
 *
 * @throws TypeError for keywords that are unknown or given twice.
 */
export function placed(
  name: string,
  names: readonly string[] | null,
  args: readonly unknown[],
  kwds: Readonly<Record<string, unknown>>,
): readonly unknown[] {
  const keys = Object.keys(kwds);
  if (keys.length === 0) return args;
  if (names === null) return [...args, kwds];
  const all = [...args];
  for (const key of keys) {
    const at = names.indexOf(key);
    if (at < 0) throw new TypeError(`${name}() got an unexpected keyword argument '${key}'`);
    if (at < args.length) throw new TypeError(`${name}() got multiple values for argument '${key}'`);
    all[at] = kwds[key];
  }
  return Array.from(all);
}
