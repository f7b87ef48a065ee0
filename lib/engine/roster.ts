import { Deque } from '../util/deque';
import type { Task } from './task';

export enum Phase {
  /** Started; its initializer may be running. */
  Starting,
  Ready,
  /** Told to end when it has nothing left. */
  Retiring,
  /** Being killed. */
  Doomed,
}

/** What the dispatcher knows of one worker. */
export class WorkerState {
  readonly id: number;
  phase: Phase = Phase.Starting;
  /** Sent and without a result, in the order sent: the first one is running. */
  readonly outstanding = new Deque<Task>();
  /** Tasks it may still be given before it is replaced. */
  quota: number;
  /** What its outstanding tasks are expected to take, in microseconds. */
  backlog = 0;
  /** How large its outstanding tasks are. */
  bytes = 0;
  /** Tasks were taken back from it and it has not confirmed that it knows. */
  draining = false;
  /** Can tasks be taken back from it? If not, it is given one at a time. */
  readonly reclaimable: boolean;
  /**
   * Tasks were taken back because it was silent; until it has answered for one it gets no others. That it says
   * something is not enough: one that awaits confirms that they were taken back.
   */
  stalled = false;
  /** When it last said something, or was given something to do. */
  progress = 0;
  /** When its unsent results are to be fetched, if it stays silent, and how long to wait after that. */
  peekAt = 0;
  peekDelay = 0;

  constructor(id: number, quota: number, reclaimable: boolean) {
    this.id = id;
    this.quota = quota;
    this.reclaimable = reclaimable;
  }
}
