/**
 * Python's `multiprocessing` with calls that block: the names of its main module, and no `await`.
 */
export { Pool } from './pool';
export { Pipe } from './connection/pipe';
export type { Connection } from './connection/connection';
export { JoinableQueue } from './queues/joinable_queue';
export { Queue } from './queues/queue';
export { SimpleQueue } from './queues/simple_queue';
export { cpu_count } from '../util/cpu_count';
export { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from '../errors';
