import { blockingDepth } from './blocking';
import type { Policy } from './commands';
import { Dispatcher } from './dispatcher';
import type { Driver } from './driver';
import type { Failure } from './failure';
import { Supervisor, type ErrorTexts, type Recruit } from './supervisor';
import type { Source, Task } from './task';
import { inTurn } from './turns';
import type { Launcher } from './worker';

export interface EngineOptions {
  readonly policy: Omit<Policy, 'reclaimable'>;
  readonly launcher: Launcher;
  readonly driver: Driver;
  readonly recruit: Recruit;
  readonly errors: ErrorTexts;
  /** What is submitted is given out at once: who submits may not come back to anything for long. */
  readonly prompt: boolean;
}

/** Submissions gathered before they are given out within one turn of the event loop. */
const BATCH = 64;

/**
 * Runs tasks on workers: a dispatcher that decides, a supervisor that does, a
 * driver that moves both. Every pool and executor stands on one of these.
 */
export class Engine {
  /** Are the workers threads of this process? What is submitted must be encoded for such, or for others. */
  readonly sharesMemory: boolean;
  readonly #dispatcher: Dispatcher;
  readonly #supervisor: Supervisor;
  readonly #driver: Driver;
  readonly #prompt: boolean;
  #placing = false;
  #gathered = 0;
  #scheduled = false;
  #held = false;
  #waiters: (() => void)[] = [];
  #nextTask = 1;
  #nextOrder = 1;

  constructor(options: EngineOptions) {
    const { driver, launcher, prompt } = options;
    this.#driver = driver;
    this.#prompt = prompt;
    this.sharesMemory = launcher.sharesMemory;
    const tick = (): void => {
      this.#dispatcher.tick();
      this.#settleDown();
    };
    this.#dispatcher = new Dispatcher(
      { ...options.policy, reclaimable: launcher.reclaimable },
      {
        start: (id) => {
          this.#supervisor.start(id);
        },
        send: (id, task) => {
          this.#supervisor.send(id, task);
        },
        reclaim: (id) => this.#supervisor.reclaim(id),
        peek: (id) => {
          this.#supervisor.peek(id);
        },
        withdraw: (id) => {
          this.#supervisor.withdraw(id);
        },
        retire: (id) => {
          this.#supervisor.retire(id);
        },
        kill: (id, atOnce) => {
          this.#supervisor.kill(id, atOnce);
        },
        congested: (id) => this.#supervisor.congested(id),
        fail: (task, failure) => {
          task.receiver.lost(task, failure);
        },
        inTurn,
        wake: (at) => {
          driver.wake(at, tick);
        },
        now: () => driver.now(),
        depth: blockingDepth,
      },
    );
    const dispatcher = this.#dispatcher;
    this.#supervisor = new Supervisor(
      launcher,
      options.recruit,
      {
        ready: (id) => {
          dispatcher.ready(id);
        },
        finished: (id, taskId) => dispatcher.finished(id, taskId),
        started: (id, taskId) => {
          dispatcher.started(id, taskId);
        },
        answering: (id) => {
          dispatcher.answering(id);
        },
        progressed: (id) => {
          dispatcher.progressed(id);
          this.#settleDown();
        },
        withdrawn: (id) => {
          dispatcher.withdrawn(id);
        },
        exited: (id, unstarted, exit, startError) => {
          dispatcher.exited(id, unstarted, exit, startError);
          this.#settleDown();
        },
      },
      options.errors,
    );
    try {
      dispatcher.open();
    } catch (error) {
      dispatcher.stop({ kind: 'terminated' });
      driver.close();
      throw error;
    }
    this.#settleDown();
  }

  /** Workers that are alive, ready or not. */
  get workers(): number {
    return this.#supervisor.size;
  }

  get pids(): number[] {
    return this.#supervisor.pids();
  }

  /** Why nothing runs any more; `null` while it does. */
  get stopped(): Failure | null {
    return this.#dispatcher.stopped;
  }

  /** Is all done, and no worker left? Only after `close` or `stop` does that come. */
  get over(): boolean {
    return this.#isOver();
  }

  nextTaskId(): number {
    return this.#nextTask++;
  }

  /** The place of a new call in the order of submission. */
  nextOrder(): number {
    return this.#nextOrder++;
  }

  submit(task: Task): void {
    if (this.#dispatcher.stopped !== null) {
      // It fails at once, but not before the caller has the result in hand.
      this.#driver.soon(() => {
        this.#dispatcher.submit(task);
      });
      return;
    }
    this.#dispatcher.submit(task);
    if (++this.#gathered >= BATCH) this.#giveOut();
    else this.#giveOutSoon();
  }

  submitSource(source: Source): void {
    this.#dispatcher.submitSource(source);
    this.#giveOutSoon();
  }

  wakeSource(source: Source): void {
    this.#dispatcher.wakeSource(source);
    this.#schedule();
  }

  /** The task is not wanted any more; if it runs, its worker is killed. */
  abort(task: Task, reason: unknown): void {
    this.#dispatcher.abort(task, reason);
    this.#schedule();
  }

  /** The task is not wanted any more. True: it never runs. False: it has begun, or was said to, and runs to its end. */
  drop(task: Task): boolean {
    const dropped = this.#dispatcher.drop(task);
    this.#schedule();
    return dropped;
  }

  /** Drops all tasks that no worker has begun, except those that were said to have begun. */
  dropUnstarted(): void {
    this.#dispatcher.dropUnstarted();
    this.#settleDown();
  }

  /** Has a worker begun with the task, as far as is known? Once that is said, it is not dropped any more. */
  begun(task: Task): boolean {
    return this.#dispatcher.begun(task);
  }

  close(): void {
    this.#dispatcher.close();
    this.#settleDown();
  }

  /** Ends the workers and drops everything; `atOnce` leaves them no time to say goodbye. */
  stop(failure: Failure, atOnce = false): void {
    this.#dispatcher.stop(failure, atOnce);
    this.#settleDown();
  }

  /** Resolves when all is done and no worker is left; only after `close` or `stop` does that come. */
  async ended(): Promise<void> {
    if (this.#isOver()) return;
    await new Promise<void>((resolve) => {
      this.#waiters.push(resolve);
      this.#settleDown();
    });
  }

  #giveOutSoon(): void {
    // Not from within an input that is being asked.
    if (this.#prompt && !this.#placing) this.#giveOut();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#balance();
    this.#driver.soon(() => {
      this.#scheduled = false;
      this.#giveOut();
    });
  }

  #giveOut(): void {
    this.#gathered = 0;
    const outer = this.#placing;
    this.#placing = true;
    try {
      this.#dispatcher.place();
    } finally {
      this.#placing = outer;
    }
    this.#settleDown();
  }

  /** After every event: what is to be written is written, and who waits for the end is told. */
  #settleDown(): void {
    this.#supervisor.flush();
    const over = this.#isOver();
    if (over && this.#waiters.length > 0) {
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const resolve of waiters) resolve();
    }
    this.#balance();
    if (over) this.#driver.close();
  }

  /** No worker is left and nothing is to be done: without workers there may still be work, while none can be started. */
  #isOver(): boolean {
    return this.#supervisor.size === 0 && this.#dispatcher.over;
  }

  /** Somebody who waits keeps the process alive, and nothing else does. */
  #balance(): void {
    const wanted = this.#dispatcher.active || this.#waiters.length > 0;
    if (wanted === this.#held) return;
    this.#held = wanted;
    this.#driver.hold(wanted);
  }
}
