import { mainRealm } from '../util/realm';

/**
 * Makes objects that node's own functions built in the main realm ones of this
 * realm (see {@link inForeignRealm}): a `Map` that a task returned is then an
 * instance of the `Map` that a test file sees.
 */
const PAIRS = new Map<unknown, object>(
  (
    [
      'Object',
      'Array',
      'Map',
      'Set',
      'Date',
      'RegExp',
      'Error',
      'EvalError',
      'RangeError',
      'ReferenceError',
      'SyntaxError',
      'TypeError',
      'URIError',
      'Boolean',
      'Number',
      'String',
      'ArrayBuffer',
      'SharedArrayBuffer',
      'DataView',
      'Int8Array',
      'Uint8Array',
      'Uint8ClampedArray',
      'Int16Array',
      'Uint16Array',
      'Int32Array',
      'Uint32Array',
      'Float32Array',
      'Float64Array',
      'BigInt64Array',
      'BigUint64Array',
    ] as const
  ).map((name) => [mainRealm[name].prototype, globalThis[name].prototype as object]),
);

export function adopt(root: unknown): unknown {
  const seen = new Set<object>();
  const work: unknown[] = [root];
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const own = PAIRS.get(Object.getPrototypeOf(value));
    if (own !== undefined) Object.setPrototypeOf(value, own);
    if (ArrayBuffer.isView(value)) continue;
    if (value instanceof Map) for (const [key, item] of value) work.push(key, item);
    else if (value instanceof Set) work.push(...value);
    for (const key of Object.keys(value)) work.push((value as Record<string, unknown>)[key]);
  }
  return root;
}
