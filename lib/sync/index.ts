/**
 * Python's `multiprocessing` with calls that block: the names of its main module, and no `await`.
 */
export { Pool } from './pool';
export { active_children, current_process, freeze_support, parent_process, Process } from './process';
export type { BaseProcess, ProcessHandle, ProcessOptions } from './process';
export { cpu_count } from '../util/cpu_count';
export { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from '../errors';
