/** Python's `sequence[i]`, in JavaScript's brackets. */

/** How an {@link Indexed} object gives an item, and takes one; the index is an integer, negative from the end. */
export const GET_ITEM: unique symbol = Symbol('get item');
export const SET_ITEM: unique symbol = Symbol('set item');

/** What an {@link Indexed} class has to have for it. */
export interface Items<T> {
  [GET_ITEM](index: number): T;
  [SET_ITEM](index: number, value: T): void;
}

/** What a number in brackets can begin with, as the runtime writes it: `12`, `-1`, `Infinity`. */
function isNumeral(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || first === 45 || first === 73;
}

/**
 * The integer that a property is named for; `null` for any other property.
 *
 * @throws TypeError for a number that is no integer.
 */
function indexOf(key: string | symbol): number | null {
  if (typeof key !== 'string' || !isNumeral(key)) return null;
  const index = Number(key);
  if (String(index) !== key) return null;
  if (!Number.isInteger(index)) throw new TypeError('indices must be integers');
  return index;
}

/**
 * Objects whose items are read and written in brackets as in Python: `array[0]`, `array[-1] = 5`; an index that does
 * not exist is their error, where JavaScript gives `undefined`. A class below it that has {@link Items} is so.
 *
 * Items are no properties of their own. Looked up, they are not found on the object nor on its classes, and what all
 * of these stand on is a proxy: so the objects themselves are ordinary ones, and only items are slow.
 */
export abstract class Indexed {
  /** As Python's `repr` writes it. */
  abstract toString(): string;
}

Object.setPrototypeOf(
  Indexed.prototype,
  new Proxy(Object.prototype, {
    get(target, key, receiver: Partial<Items<unknown>>): unknown {
      const index = indexOf(key);
      return index === null ? Reflect.get(target, key, receiver) : receiver[GET_ITEM]?.(index);
    },
    set(target, key, value, receiver: Partial<Items<unknown>>) {
      const index = indexOf(key);
      if (index === null || receiver[SET_ITEM] === undefined)
        return Reflect.set(target, key, value, receiver);
      receiver[SET_ITEM](index, value);
      return true;
    },
  }),
);
