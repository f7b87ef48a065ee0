import type { BaseProxy } from '../../../managers/base_proxy';
import { FOREIGN } from '../../../managers/proxies/foreign';

/** What has items, each at a key. */
interface Container {
  __getitem__(key: never): unknown;
  __setitem__(key: never, value: unknown): void;
  __delitem__?(key: never): void;
  __contains__?(key: unknown): boolean;
}

/** The key that a property stands for: properties are text, so what is an integer in its usual form is meant as one. */
export function keyOf(property: string): string | number {
  const number = Number(property);
  return Number.isSafeInteger(number) && String(number) === property ? number : property;
}

/** What is no item when it is read: names of methods, and what others ask any object for. */
const isTaken = (target: object, property: string): boolean =>
  property in target || FOREIGN.has(property) || property.startsWith('__');

/**
 * A proxy of a container whose items are read, set and deleted as properties. Names of methods are methods.
 *
 * @param hasOnlyIndices - text is no key of it.
 */
export function withItems<P extends BaseProxy & Container>(proxy: P, hasOnlyIndices = false): P {
  const isItem = (property: string | symbol): property is string =>
    typeof property === 'string' && !(hasOnlyIndices && typeof keyOf(property) === 'string');
  const own = new Map<string | symbol, unknown>();
  const outer: P = new Proxy(proxy, {
    get(target, property): unknown {
      if (!isItem(property) || isTaken(target, property)) {
        const found: unknown = Reflect.get(target, property, target);
        if (typeof found !== 'function' || property === 'constructor') return found;
        let method = own.get(property);
        if (method === undefined) {
          method = (...args: unknown[]): unknown => {
            const result: unknown = Reflect.apply(found, target, args);
            return result === target ? outer : result;
          };
          own.set(property, method);
        }
        return method;
      }
      return target.__getitem__(keyOf(property) as never);
    },
    set(target, property, value): boolean {
      if (!isItem(property)) return Reflect.set(target, property, value, target);
      if (isTaken(target, property)) {
        throw new TypeError(`'${property}' cannot be read as an item: use __setitem__ and __getitem__`);
      }
      target.__setitem__(keyOf(property) as never, value);
      return true;
    },
    has: (target, property) =>
      isItem(property) && target.__contains__ !== undefined
        ? target.__contains__(keyOf(property))
        : Reflect.has(target, property),
    deleteProperty(target, property): boolean {
      if (!isItem(property) || target.__delitem__ === undefined)
        return Reflect.deleteProperty(target, property);
      target.__delitem__(keyOf(property) as never);
      return true;
    },
  });
  return outer;
}
