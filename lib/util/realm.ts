import { Buffer } from 'node:buffer';
import type * as Vm from 'node:vm';

/** What all objects of node itself stand on: `Buffer` is node's own in every context. */
function topOf(object: object): object {
  const above = Object.getPrototypeOf(object) as object | null;
  return above === null ? object : topOf(above);
}

/** Is this module loaded into a context of its own (each Jest test file lives in one)? */
export const inForeignRealm: boolean = topOf(Buffer.prototype as object) !== Object.prototype;

/**
 * The global object of the process itself. In a context of its own a module's `Array`, `Map` and `Error` are not
 * those that node's own functions make.
 */
export const mainRealm: typeof globalThis = inForeignRealm
  ? ((require('node:vm') as typeof Vm).runInThisContext('globalThis') as typeof globalThis)
  : globalThis;
