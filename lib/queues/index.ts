/**
 * What Python's module `queue` holds, for processes and threads alike. Its `Queue` has `task_done` and `join`: it is
 * the `JoinableQueue` of `multiprocessing`.
 */
export { Empty, Full } from './errors';
export { JoinableQueue as Queue } from './joinable_queue';
export type { QueueKeywords } from './arguments';
