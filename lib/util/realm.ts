import { runInThisContext } from 'node:vm';

/**
 * The global object of the process itself. A module may be loaded into another
 * one (each Jest test file lives in a `vm` context), and then its `Array`,
 * `Map` and `Error` are not those that node's own functions make.
 */
export const mainRealm = runInThisContext('globalThis') as typeof globalThis;

/** Is this module loaded into a context of its own? */
export const inForeignRealm: boolean = mainRealm.Object !== Object;
