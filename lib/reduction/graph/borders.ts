import { types } from 'node:util';
import { PicklingError } from '../../errors';
import { inspect } from '../functions/inspector';
import { isObject, Make } from './forms';
import { LocalGraph, type Border } from './local';
import { refuseInstance } from './instances';
import { reduced } from './reduced';
import { symbolForm } from './symbols';
import type { Walk } from './walk';

/** A graph whose functions, classes and modules belong to the heap that `walk` goes through. */
export function localGraphOf(walk: Walk): LocalGraph {
  const border: Border = {
    symbol: symbolForm,
    outside: (thing, trail, home) => walk.formOutside(thing, trail, home),
    partsOf: proxyParts,
    reduced,
    check: refuseInstance,
  };
  return new LocalGraph(border);
}

function proxyParts(thing: object): { kind: string; parts: unknown[] } | null {
  if (!types.isProxy(thing)) return null;
  const { Target: target, Handler: handler } = inspect(thing).internal;
  if (!isObject(handler)) throw new PicklingError('a revoked Proxy cannot be sent');
  return { kind: Make.Proxy, parts: [target, handler] };
}
