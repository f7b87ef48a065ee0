import { types } from 'node:util';
import { Tag, type Form } from './graph/forms';
import { LocalGraph, type Border } from './graph/local';
import type { Trail } from './graph/trail';
import type { Parcel } from './errors';
import { resultBorder, referenceForm } from './returning';
import type { Passage } from './passage';
import type { Encoded } from './types';
import { encodePlain } from './values';

/** Loaded by a worker with the first error. */

/** As results, but a class that exists in the worker only stands for the nearest ancestor that does not. */
class ThrownBorder implements Border {
  readonly symbol = resultBorder.symbol;
  readonly partsOf = resultBorder.partsOf;
  readonly reduced = resultBorder.reduced;

  /** An error is worth more without what nobody sees of it than not at all. */
  check(thing: object, trail: Trail | null): void {
    if (!types.isNativeError(thing)) resultBorder.check(thing, trail);
  }

  outside(thing: object, trail: Trail | null, home: object | null): Form | null {
    if (typeof thing !== 'function' && isErrorPrototype(thing)) {
      for (
        let proto: object | null = thing;
        proto !== null;
        proto = Object.getPrototypeOf(proto) as object | null
      ) {
        const form = prototypeReference(proto);
        if (form !== null) return form;
      }
    }
    return resultBorder.outside(thing, trail, home);
  }
}

const isErrorPrototype = (thing: object): boolean =>
  Object.hasOwn(thing, 'constructor') && thing instanceof Error && !types.isNativeError(thing);

function prototypeReference(proto: object): Form | null {
  const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
  if (typeof constructor !== 'function') return null;
  const form = referenceForm(constructor);
  if (form === null) return null;
  const parts = form as readonly Form[];
  return parts[0] === Tag.Entity ? [Tag.PrototypeOf, parts[1] as number] : [...parts, 'prototype'];
}

/** @param passage - copies: parts of an error are tried before they are sent. */
export function encodeThrownGraph(thrown: unknown, passage: Passage): Encoded {
  const whole: Parcel = { thrown };
  if (!types.isNativeError(thrown)) {
    const plain = encodePlain(whole, passage);
    if (plain !== null) return plain;
  }
  try {
    return encodeParcel(withNames(thrown), passage);
  } catch (error) {
    if (!(thrown instanceof Error)) throw error;
    return encodeParcel(withNames(pruned(thrown, 0, passage)), passage);
  }
}

function encodeParcel(parcel: Parcel, passage: Passage): Encoded {
  const graph = new LocalGraph(new ThrownBorder(), passage);
  const root = graph.form(parcel, null);
  graph.run();
  return graph.encoded(root);
}

function withNames(thrown: unknown): Parcel {
  const names: [object, string][] = [];
  const seen = new Set<unknown>();
  for (let error = thrown; types.isNativeError(error) && !seen.has(error); error = error.cause) {
    seen.add(error);
    const known = nearestName(error);
    const { name } = error;
    if (typeof name === 'string' && name !== known && !Object.hasOwn(error, 'name'))
      names.push([error, name]);
  }
  return names.length > 0 ? { thrown, names } : { thrown };
}

/** The name that the error will have in the parent by its class. */
function nearestName(error: object): unknown {
  for (
    let proto = Object.getPrototypeOf(error) as object | null;
    proto !== null;
    proto = Object.getPrototypeOf(proto) as object | null
  ) {
    if (prototypeReference(proto) !== null) return nameBy(proto, error);
  }
  return undefined;
}

/** `name` as this prototype gives it; a getter answers for the error itself. */
function nameBy(start: object, error: object): unknown {
  for (
    let proto: object | null = start;
    proto !== null;
    proto = Object.getPrototypeOf(proto) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(proto, 'name');
    if (property !== undefined) return 'value' in property ? property.value : (error as Error).name;
  }
  return undefined;
}

const MOST_CAUSES = 8;

/** A copy of an error with only those of its properties that can be sent. */
function pruned(error: Error, depth: number, passage: Passage): Error {
  const fresh = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error) as object) as Error;
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key) as PropertyDescriptor;
    const value: unknown = key === 'stack' ? error.stack : property.value;
    const isCause = types.isNativeError(value) && depth < MOST_CAUSES;
    const kept = isCause ? pruned(value, depth + 1, passage) : value;
    if (isCause || isSendable(value, passage))
      Object.defineProperty(fresh, key, { ...shape(property), value: kept });
  }
  return fresh;
}

const shape = ({ enumerable }: PropertyDescriptor): PropertyDescriptor => ({
  enumerable: enumerable === true,
  configurable: true,
  writable: true,
});

function isSendable(value: unknown, passage: Passage): boolean {
  try {
    encodeParcel({ thrown: value }, passage);
    return true;
  } catch {
    return false;
  }
}
