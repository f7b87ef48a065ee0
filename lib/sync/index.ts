/**
 * Python's `multiprocessing` with calls that block: the names of its main module, and no `await`.
 */
export { Pool } from './pool';
export { cpu_count } from '../util/cpu_count';
export { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from '../errors';
