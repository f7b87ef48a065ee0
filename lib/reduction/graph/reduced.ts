import { globalPath } from '../functions/intrinsics';
import { builtinReducer } from '../rebuilders';
import { stay } from '../../util/staying';
import { BY_FIELDS, reducerOf } from '../registry';
import type { Reduced } from './local';

/** What a registered class, or one of node's that we know, makes of its instance; `null`: it goes by its fields. */
export function reduced(thing: object, sharesMemory: boolean): Reduced | null {
  const reducer = reducerOf(thing);
  if (reducer !== null) {
    const state = sharesMemory ? stay(() => reducer.reduce(thing)) : reducer.reduce(thing);
    return state === BY_FIELDS ? null : { rebuild: reducer.rebuild, state };
  }
  const proto = Object.getPrototypeOf(thing) as object | null;
  const path = proto === null ? undefined : globalPath(proto);
  const builtin = path?.length === 2 && path[1] === 'prototype' ? builtinReducer(String(path[0])) : undefined;
  return builtin === undefined ? null : { rebuild: builtin.rebuild, state: builtin.reduce(thing as never) };
}

/** Prototypes below which an object is what its fields say, or what its kind says. */
const OPEN = new Set(
  'Object Array Map Set WeakMap WeakSet Date RegExp Function Number String Boolean BigInt Symbol ArrayBuffer SharedArrayBuffer DataView Buffer Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError @typedArray @generator @asyncGenerator @async Event EventTarget'.split(
    ' ',
  ),
);

/** The name of the class, for an object of a class of the language or of node whose state cannot be seen. */
export function hiddenClass(thing: object): string | null {
  let proto: object | null = thing;
  for (; proto !== null; proto = Object.getPrototypeOf(proto) as object | null) {
    const path = proto === thing ? undefined : globalPath(proto);
    if (path === undefined) continue;
    const [first] = path;
    if (OPEN.has(String(first)) || /(?:Array|Error)$/.test(String(first))) return null;
    return path
      .filter((step) => step !== 'prototype' && step !== '@proto')
      .map(String)
      .join('.');
  }
  return null;
}
