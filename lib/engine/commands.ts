import type { Failure } from './failure';
import type { Task } from './task';

/** What the dispatcher wants done. All of it at once, none of it waited for. */
export interface Commands {
  /**
   * Start a worker under this id.
   *
   * @throws what the system says when it refuses.
   */
  start(worker: number): void;
  send(worker: number, task: Task): void;
  /** Take back all tasks that were sent and not started, the last ones; says how many. */
  reclaim(worker: number): number;
  /** Report now what the worker has finished and not said yet. */
  peek(worker: number): void;
  /** Let the worker confirm that it knows of the reclaim: `withdrawn` will come. */
  withdraw(worker: number): void;
  /** Let the worker end in peace. */
  retire(worker: number): void;
  /** End the worker; `at once` leaves it no time to say goodbye. */
  kill(worker: number, atOnce: boolean): void;
  /** Is what was sent to the worker still on its way? More would only pile up. */
  congested(worker: number): boolean;
  fail(task: Task, failure: Failure): void;
  /** Visits all, in their order. A visit may run the user's code; if that blocks, those behind it have their turn. */
  inTurn<T>(items: readonly T[], visit: (item: T) => void): void;
  /** A `tick` is wanted at this time, or sooner. */
  wake(at: number): void;
  now(): number;
  /** How many calls block this thread, one within the other: one may wait for what is to be placed. */
  depth(): number;
}

/** What differs between the kinds of pools. */
export interface Policy {
  /** How many tasks run at the same time at most. */
  readonly size: number;
  /** Tasks a worker runs before it is replaced; Infinity for no end. */
  readonly tasksPerWorker: number;
  /** Start all workers at once, and replace each that ends (Pool), or only when there is work (executors). */
  readonly eager: boolean;
  /** What the death of a worker costs: the task it ran, or (process executors) the whole pool. */
  readonly fragile: boolean;
  /** So many starts in a row may fail before the pool is given up. */
  readonly failedStarts: number;
  readonly reclaimable: boolean;
}
