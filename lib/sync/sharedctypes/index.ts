/**
 * Python's `multiprocessing.sharedctypes`, with locks that block. What has no lock is the same as in the facade with
 * promises.
 */
import { checkBlocking } from '../../engine/blocking';

export * from '../../sharedctypes';
export { Array } from './array';
export type { ArrayOf } from './array';
export { synchronized } from './synchronized';
export { Value } from './value';
export type { ValueOf } from './value';

checkBlocking();
