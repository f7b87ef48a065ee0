/**
 * Python's `concurrent.futures`.
 */
export { as_completed } from './as_completed';
export type { CompletedFutures } from './as_completed';
export type { DoneAndNotDoneFutures } from './done_and_not_done';
export {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  CancelledError,
  InvalidStateError,
} from './errors';
export { Executor } from './executor';
export type { Inputs, ItemsOf, ShutdownOptions } from './executor';
export type { MapOptions } from './arguments';
export { Future } from './future';
export type { MapIterator } from './map_iterator';
export { ProcessPoolExecutor } from './process';
export type { ProcessPoolOptions, StartContext } from './process_making';
export { ThreadPoolExecutor } from './thread';
export type { ThreadPoolOptions } from './thread_making';
export type { SubmitOptions } from './executor_core';
export type { Submitter } from './worker_executor';
export type { Timeout, TimeoutKeyword } from '../../util/timeout';
export { wait } from './wait';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION } from './wait_core';
export type { ReturnWhen, ReturnWhenKeyword, WaitKeywords } from './wait_core';
export { TimeoutError } from '../../util/os_errors';
