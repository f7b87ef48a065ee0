import { types } from 'node:util';
import { mainRealm } from '../../util/realm';

/** Questions about what an object is, asked without running any code of its own. */

const realms = [...new Set([globalThis, mainRealm])];
const protos = (
  name: 'Object' | 'Array' | 'Map' | 'Set' | 'Date' | 'RegExp' | 'WeakMap' | 'WeakSet',
): Set<unknown> => new Set(realms.map((realm) => realm[name].prototype));

export const OBJECTS = protos('Object');
export const ARRAYS = protos('Array');
const MAPS = protos('Map');
const SETS = protos('Set');
const DATES = protos('Date');
const REGEXPS = protos('RegExp');
const DEFAULTS = new Set<unknown>([
  ...OBJECTS,
  ...ARRAYS,
  ...MAPS,
  ...SETS,
  ...DATES,
  ...REGEXPS,
  ...protos('WeakMap'),
  ...protos('WeakSet'),
]);

/** Is this the prototype that an object of its kind has by itself? */
export const isDefaultPrototype = (proto: unknown): boolean => DEFAULTS.has(proto);

/**
 * How many objects a graph of plain data has; `null` if it is not plain: holds a
 * function, an instance, a getter, a symbol, something frozen, or an object for
 * which `isShared` says that its identity matters.
 */
export function plainSize(root: object, isShared: (object: object) => boolean): number | null {
  const seen = new Set<object>([root]);
  const work: object[] = [root];
  let plain = true as boolean;
  const look = (value: unknown): void => {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are always plain
    switch (typeof value) {
      case 'function':
      case 'symbol':
        plain = false;
        break;
      case 'object':
        if (value === null || seen.has(value)) break;
        if (isShared(value)) plain = false;
        seen.add(value);
        work.push(value);
    }
  };
  while (plain && work.length > 0) {
    const value = work.pop() as object;
    if (types.isProxy(value) || !Object.isExtensible(value)) return null;
    const proto: unknown = Object.getPrototypeOf(value);
    if (ARRAYS.has(proto) && Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) look(value[i]);
      // Keys are costly on long arrays; a hole or a property of its own shows in the small.
      if (value.length <= 1024 && Object.keys(value).length !== value.length) return null;
    } else if (OBJECTS.has(proto)) {
      for (const key of Reflect.ownKeys(value)) {
        const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
        if (typeof key === 'symbol' || !('value' in property) || !isOrdinary(property)) return null;
        look(property.value);
      }
    } else if (MAPS.has(proto) && types.isMap(value) && hasNoKeys(value)) {
      for (const [key, item] of value) {
        look(key);
        look(item);
      }
    } else if (SETS.has(proto) && types.isSet(value) && hasNoKeys(value)) {
      for (const item of value) look(item);
    } else if (!(DATES.has(proto) && types.isDate(value) && hasNoKeys(value))) return null;
  }
  return plain ? seen.size : null;
}

export const isOrdinary = (property: PropertyDescriptor): boolean =>
  property.enumerable === true && property.configurable === true && property.writable === true;

const hasNoKeys = (value: object): boolean => Reflect.ownKeys(value).length === 0;
