/**
 * What Python's module `queue` holds, for processes and threads alike, with calls that block. Its `Queue` has
 * `task_done` and `join`: it is the `JoinableQueue` of `multiprocessing`.
 */
import { checkBlocking } from '../../engine/blocking';

export { Empty, Full } from '../../queues/errors';
export { JoinableQueue as Queue } from './joinable_queue';
export type { QueueKeywords } from '../../queues/arguments';

checkBlocking();
