/**
 * Python's `multiprocessing` with calls that block: the names of its main module, and no `await`.
 */
export { Pool } from './pool';
export { get_all_start_methods, get_context, get_start_method, Manager, set_start_method } from './context';
export type { Context, StartMethod } from './context';
export { active_children, current_process, freeze_support, parent_process, Process } from './process';
export type { BaseProcess, ProcessHandle, ProcessOptions } from './process';
export { Pipe } from './connection/pipe';
export type { Connection } from './connection/connection';
export type { SyncManager } from './managers';
export { JoinableQueue } from './queues/joinable_queue';
export { Queue } from './queues/queue';
export { SimpleQueue } from './queues/simple_queue';
export {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Event,
  Lock,
  OwnerDiedError,
  RLock,
  Semaphore,
} from './synchronize';
export { cpu_count } from '../util/cpu_count';
export { get_logger, log_to_stderr } from '../logging';
export { Array, RawArray, RawValue, Value } from './sharedctypes';
export { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from '../errors';
