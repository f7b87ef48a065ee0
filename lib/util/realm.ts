import { Buffer } from 'node:buffer';
import type * as Vm from 'node:vm';

/** `Buffer` is node's own in every context, so what all objects stand on is found above it. */
let top: object = Buffer.prototype;
for (let above: unknown = top; above !== null; above = Object.getPrototypeOf(top)) top = above as object;

/** Is this module loaded into a context of its own (each Jest test file lives in one)? */
export const inForeignRealm: boolean = top !== Object.prototype;

/**
 * The global object of the process itself. In a context of its own a module's `Array`, `Map` and `Error` are not
 * those that node's own functions make.
 */
export const mainRealm: typeof globalThis = inForeignRealm
  ? ((require('node:vm') as typeof Vm).runInThisContext('globalThis') as typeof globalThis)
  : globalThis;
