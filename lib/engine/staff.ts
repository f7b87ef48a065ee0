import type { Commands, Policy } from './commands';
import type { StartFailure } from './failure';
import { Phase, WorkerState } from './roster';

/** How long to wait after the system refused to start a worker, in milliseconds. */
const REFUSED = 100;
/** Starts in a row that may be refused with nobody left, or end by a signal, before the pool is given up. */
const PATIENCE = 10;

/**
 * How many workers there are to be: whom to start, whom to let go, and when to
 * give up. A part of the dispatcher's state machine, and as pure.
 */
export class Staff {
  readonly workers = new Map<number, WorkerState>();
  readonly #policy: Policy;
  readonly #commands: Commands;
  #next = 1;
  #failedStarts = 0;
  #opened = false;
  /** Starts that the system refused in a row, and when to try again. */
  #refused = 0;
  #hireAt = 0;

  constructor(policy: Policy, commands: Commands) {
    this.#policy = policy;
    this.#commands = commands;
  }

  /**
   * Starts the first workers.
   *
   * @throws what the first start throws that fails.
   */
  open(): void {
    this.hire(0, this.#policy.eager);
    this.#opened = true;
  }

  /**
   * Keeps as many workers that can be given tasks as the pool's size and its work ask for.
   *
   * @param waiting - how much work waits.
   * @param full - keep the whole size, whatever waits.
   * @returns why the pool has to be given up, if it has to.
   */
  hire(waiting: number, full: boolean): StartFailure | null {
    let usable = 0;
    let work = waiting;
    for (const worker of this.workers.values()) {
      if (!isUsable(worker)) continue;
      usable++;
      if (worker.outstanding.length > 0) work++;
    }
    const { size, tasksPerWorker, reclaimable } = this.#policy;
    const wanted = full ? size : Math.min(size, work);
    if (usable >= wanted) return null;
    if (this.#hireAt > 0 && this.#commands.now() < this.#hireAt) {
      this.#commands.wake(this.#hireAt);
      return null;
    }
    this.#hireAt = 0;
    for (; usable < wanted; usable++) {
      const worker = new WorkerState(this.#next++, tasksPerWorker, reclaimable);
      this.workers.set(worker.id, worker);
      try {
        this.#commands.start(worker.id);
        this.#refused = 0;
      } catch (error) {
        this.workers.delete(worker.id);
        if (!this.#opened) throw error;
        return this.#refusedStart(error);
      }
    }
    return null;
  }

  /** Would one more be started, were there work for it? */
  get hasVacancy(): boolean {
    let usable = 0;
    for (const worker of this.workers.values()) if (isUsable(worker)) usable++;
    return usable < this.#policy.size;
  }

  /** The system may have room again in a moment; meanwhile the others work. With nobody left, patience ends. */
  #refusedStart(error: unknown): StartFailure | null {
    if (this.workers.size === 0 && ++this.#refused >= PATIENCE) return { kind: 'refused', error };
    this.#hireAt = this.#commands.now() + REFUSED;
    this.#commands.wake(this.#hireAt);
    return null;
  }

  /** A worker has run its initializer. */
  ready(worker: WorkerState): void {
    worker.phase = Phase.Ready;
    this.#failedStarts = 0;
  }

  /** A worker ended before it was ready; the cause, if that was once too often. */
  failedStart(cause: StartFailure): StartFailure | null {
    // A signal may come from outside, and the next start may be left alone: that is no fault of the initializer yet.
    const killed = cause.kind === 'exited' && cause.exit.signal !== null;
    const { failedStarts, fragile } = this.#policy;
    const most = killed && !fragile ? Math.max(PATIENCE, failedStarts) : failedStarts;
    return ++this.#failedStarts >= most ? cause : null;
  }

  /** Lets go whoever has done its share; everybody, if nothing more will come. */
  retire(everybody: boolean): void {
    for (const worker of this.workers.values()) {
      if (worker.phase > Phase.Ready || worker.outstanding.length > 0) continue;
      if (everybody || (worker.quota <= 0 && worker.phase === Phase.Ready && !worker.draining)) {
        worker.phase = Phase.Retiring;
        this.#commands.retire(worker.id);
      }
    }
  }

  /** Ends a worker. Killed before it was ready, it did not fail to start. */
  doom(worker: WorkerState, atOnce: boolean): void {
    if (worker.phase === Phase.Doomed) return;
    worker.phase = Phase.Doomed;
    this.#commands.kill(worker.id, atOnce);
  }
}

/** One that has its last task does not count: its replacement starts while it works. */
const isUsable = (worker: WorkerState): boolean => worker.phase <= Phase.Ready && worker.quota > 0;
