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
export { Future } from './future';
export type { Timeout, TimeoutKeyword } from './timeout';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './wait';
export type { ReturnWhen, ReturnWhenKeyword, WaitKeywords } from './wait';
export { TimeoutError } from '../../util/os_errors';
