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
export type { ProcessPoolOptions, StartContext } from './process';
export { ThreadPoolExecutor } from './thread';
export type { ThreadPoolOptions } from './thread';
export type { SubmitOptions, Submitter } from './worker_executor';
export type { Timeout, TimeoutKeyword } from '../../util/timeout';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './wait';
export type { ReturnWhen, ReturnWhenKeyword, WaitKeywords } from './wait';
export { TimeoutError } from '../../util/os_errors';
