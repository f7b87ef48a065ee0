/**
 * Python's `concurrent.futures` with calls that block: the same names, and no `await`.
 */
import { checkBlocking } from '../../../engine/blocking';

export { as_completed } from './as_completed';
export type { CompletedFutures } from './as_completed';
export type { DoneAndNotDoneFutures } from '../../../concurrent/futures/done_and_not_done';
export {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  CancelledError,
  InvalidStateError,
} from '../../../concurrent/futures/errors';
export { Executor } from './executor';
export type { Inputs } from './executor';
export type { ItemsOf, ShutdownOptions } from '../../../concurrent/futures/executor';
export type { FutureCore } from '../../../concurrent/futures/future_core';
export type { MapOptions } from '../../../concurrent/futures/arguments';
export { Future } from './future';
export type { MapIterator } from './map_iterator';
export { ProcessPoolExecutor } from './process';
export type { ProcessPoolOptions, StartContext } from '../../../concurrent/futures/process_making';
export { ThreadPoolExecutor } from './thread';
export type { ThreadPoolOptions } from '../../../concurrent/futures/thread_making';
export type { SubmitOptions } from '../../../concurrent/futures/executor_core';
export type { Submitter } from './worker_executor';
export type { Timeout, TimeoutKeyword } from '../../../util/timeout';
export { wait } from './wait';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION } from '../../../concurrent/futures/wait_core';
export type { ReturnWhen, ReturnWhenKeyword, WaitKeywords } from '../../../concurrent/futures/wait_core';
export { TimeoutError } from '../../../util/os_errors';

checkBlocking();
