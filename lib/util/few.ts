/**
 * None, one or several things, each once, in the order they were added: for lists of which there are thousands and
 * that hold one thing at most, mostly. One thing takes no room beside itself, and any is removed in constant time.
 */
export type Few<T extends object> = T | Set<T> | null;

/** `few` with `one` more. What is given is not to be used again, neither here nor in {@link without}. */
export function withOne<T extends object>(few: Few<T>, one: T): Few<T> {
  if (few === null || few === one) return one;
  return few instanceof Set ? few.add(one) : new Set([few, one]);
}

/** `few`, but not `one`. */
export function without<T extends object>(few: Few<T>, one: T): Few<T> {
  if (few instanceof Set) few.delete(one);
  return few === one ? null : few;
}

export function forEach<T extends object>(few: Few<T>, visit: (one: T) => void): void {
  if (few instanceof Set) few.forEach(visit);
  else if (few !== null) visit(few);
}
