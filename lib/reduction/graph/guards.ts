import { types } from 'node:util';
import { serialize } from 'node:v8';
import { isDetached } from '../transfer';

/** True as long as what an encoding stood on has not changed. */
export type Guard = () => boolean;

/** The own properties and the prototype of an object are those of now. No getter is called. */
export function shapeGuard(thing: object): Guard {
  const keys = Reflect.ownKeys(thing);
  const proto: unknown = Object.getPrototypeOf(thing);
  const values = keys.map((key) => part(thing, key));
  const extensible = Object.isExtensible(thing);
  return () => {
    if (Object.getPrototypeOf(thing) !== proto || Object.isExtensible(thing) !== extensible) return false;
    const now = Reflect.ownKeys(thing);
    if (now.length !== keys.length) return false;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as PropertyKey;
      if (now[i] !== key || !Object.is(part(thing, key), values[i])) return false;
    }
    return true;
  };
}

function part(thing: object, key: PropertyKey): unknown {
  const property = Object.getOwnPropertyDescriptor(thing, key);
  return property === undefined || 'value' in property ? property?.value : (property.get ?? property.set);
}

/** The content of an object, apart from that of its parts. */
export function contentGuard(thing: object): Guard {
  const shape = shapeGuard(thing);
  if (types.isMap(thing)) {
    const entries = [...thing];
    return () => {
      if (thing.size !== entries.length || !shape()) return false;
      let i = 0;
      for (const [key, value] of thing) {
        const [knownKey, known] = entries[i++] as [unknown, unknown];
        if (!Object.is(key, knownKey) || !Object.is(value, known)) return false;
      }
      return true;
    };
  }
  if (types.isSet(thing)) {
    const items = [...thing];
    return () => {
      if (thing.size !== items.length || !shape()) return false;
      let i = 0;
      for (const item of thing) if (!Object.is(item, items[i++])) return false;
      return true;
    };
  }
  if (types.isDate(thing)) {
    const time = Date.prototype.getTime.call(thing);
    return () => Object.is(Date.prototype.getTime.call(thing), time) && shape();
  }
  return shape;
}

/** Plain data that goes as one block: the same bytes. */
export function blockGuard(thing: object, bytes: Uint8Array): Guard {
  return () => Buffer.compare(serialize(thing), bytes) === 0;
}

export function bytesGuard(buffer: ArrayBuffer, bytes: Uint8Array): Guard {
  return () => !isDetached(buffer) && Buffer.compare(new Uint8Array(buffer), bytes) === 0;
}

/** Properties that functions have by themselves, and nobody changes. */
const USUAL = new Set<PropertyKey>(['length', 'name', 'arguments', 'caller', 'prototype']);

/** A function has no other properties, and its prototype no other members, than now. */
export function functionGuard(f: Function): Guard {
  const keys = Reflect.ownKeys(f);
  const prototype: unknown = Object.getOwnPropertyDescriptor(f, 'prototype')?.value;
  const members = typeof prototype === 'object' && prototype !== null ? shapeGuard(prototype) : null;
  const isBare = keys.every((key) => USUAL.has(key));
  if (!isBare) {
    const shape = shapeGuard(f);
    return members === null ? shape : () => shape() && members();
  }
  const { length } = keys;
  if (members === null) return () => Reflect.ownKeys(f).length === length;
  return () => Reflect.ownKeys(f).length === length && f.prototype === prototype && members();
}

/** A property of an object has the value, or getter, of now. */
export function propertyGuard(thing: object, key: PropertyKey): Guard {
  const value = part(thing, key);
  return () => Object.is(part(thing, key), value);
}
