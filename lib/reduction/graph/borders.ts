import { types } from 'node:util';
import { PicklingError } from '../../errors';
import { inspect } from '../functions/inspector';
import { copying, type Passage } from '../passage';
import { isObject, Make } from './forms';
import { LocalGraph, type Border } from './local';
import { refuseInstance } from './instances';
import { reduced } from './reduced';
import { symbolForm } from './symbols';
import type { Walk } from './walk';

/** A message whose functions, classes and modules belong to the heap that `walk` goes through. */
export function messageOf(walk: Walk, passage: Passage): LocalGraph {
  return new LocalGraph(borderOf(walk), passage);
}

/** As {@link messageOf}, for the state of an object that lives in that heap: shared memory in it does too. */
export function stateOf(walk: Walk): LocalGraph {
  const border: Border = {
    ...borderOf(walk),
    outside: (thing, trail, home) =>
      types.isSharedArrayBuffer(thing) ? walk.form(thing, trail) : walk.formOutside(thing, trail, home),
  };
  return new LocalGraph(border, copying(walk.sharesMemory));
}

const borderOf = (walk: Walk): Border => ({
  symbol: symbolForm,
  outside: (thing, trail, home) => walk.formOutside(thing, trail, home),
  partsOf: proxyParts,
  reduced,
  check: refuseInstance,
});

function proxyParts(thing: object): { kind: string; parts: unknown[] } | null {
  if (!types.isProxy(thing)) return null;
  const { Target: target, Handler: handler } = inspect(thing).internal;
  if (!isObject(handler)) throw new PicklingError('a revoked Proxy cannot be sent');
  return { kind: Make.Proxy, parts: [target, handler] };
}
