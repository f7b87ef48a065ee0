/**
 * How an iterable says that it can make a list of itself faster than by being
 * iterated: a `range` of a million numbers in a few milliseconds instead of fifty.
 */
export const LIST: unique symbol = Symbol.for('multiprocessing-ts.list');

export interface Listable {
  [LIST](): unknown[];
}

export function isListable(value: object): value is Listable {
  return typeof (value as Partial<Listable>)[LIST] === 'function';
}
