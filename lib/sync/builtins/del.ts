import { IndexError, KeyError } from '../../util/exceptions';
import { repr, type_name } from '../../util/repr';
import { methodOf } from './special';

/** What an item can be taken out of by {@link del}. */
export type Deletable = Map<never, unknown> | unknown[] | object;

/**
 * Python's `del d[key]`: of proxies, maps, arrays (where a negative index counts from the end) and plain objects. Of a
 * shared namespace it is `del namespace.name`, which TypeScript's `delete` refuses for a name that it knows.
 *
 * @throws KeyError for a key that is not there.
 * @throws AttributeError for an attribute that is not there.
 * @throws IndexError for an index that is not there.
 * @throws TypeError for what has no items, or has them for ever.
 * @example
 * const d = manager.dict({ a: 1 });
 * del(d, 'a');
 */
export function del(container: Deletable, key: unknown): void {
  const __delitem__ = methodOf(container, '__delitem__');
  const __delattr__ = methodOf(container, '__delattr__');
  if (__delitem__ !== null) __delitem__(key);
  else if (__delattr__ !== null) __delattr__(key);
  else if (container instanceof Map) delKey(container, key);
  else if (Array.isArray(container)) container.splice(placeOf(key, container.length), 1);
  else if (isPlain(container)) delProperty(container, key);
  else throw new TypeError(`'${type_name(container)}' object doesn't support item deletion`);
}

function delKey(map: Map<unknown, unknown>, key: unknown): void {
  if (!map.delete(key)) throw new KeyError(repr(key));
}

function delProperty(object: object, key: unknown): void {
  if (!Object.hasOwn(object, key as PropertyKey)) throw new KeyError(repr(key));
  Reflect.deleteProperty(object, key as PropertyKey);
}

function placeOf(key: unknown, length: number): number {
  if (typeof key !== 'number' || !Number.isInteger(key)) {
    throw new TypeError(`list indices must be integers or slices, not ${type_name(key)}`);
  }
  const place = key < 0 ? key + length : key;
  if (place < 0 || place >= length) throw new IndexError('list assignment index out of range');
  return place;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
