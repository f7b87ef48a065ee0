import type { Failure } from '../../lib/engine/failure';
import type { Source, Task } from '../../lib/engine/task';

/*
 * What the model of dispatcher.model.ts plays with: workers that are queues,
 * and inputs that are lists of numbers.
 */

export class Violation extends Error {}

export function check(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Violation(promise);
}

/** A worker's life as the host sees it; the dispatcher only hears of it by messages. */
export class FakeWorker {
  readonly id: number;
  phase: 'starting' | 'ready' | 'dead' = 'starting';
  /** Sent and not yet received by the worker. */
  readonly wire: ToFake[] = [];
  /** Received, in the order in which it will be looked at. */
  queue: ToFake[] = [];
  /** What the claims file holds: calls that either side may still take. */
  claims = 0;
  dropping = false;
  running: { readonly task: Task; item: number; endsAt: number } | null = null;
  /** Said and not yet heard by the dispatcher. */
  readonly said: FromFake[] = [];
  /** The dispatcher has heard that it is ready. */
  known = false;
  /** When the dispatcher last heard of it, or gave it something to do. */
  quietSince = 0;
  /** What waited in it was taken back because it was silent; it has answered nothing since. */
  relieved = false;
  congested = false;
  /** Told to end when it has nothing left. */
  retired = false;
  exiting = false;
  /** Killed by the dispatcher; it dies at the next step that picks it. */
  killed: 'gently' | 'at once' | null = null;
  begun = 0;

  constructor(id: number) {
    this.id = id;
  }
}

export type ToFake = { readonly kind: 'call'; readonly task: Task } | { readonly kind: 'withdraw' | 'exit' };
export type FromFake =
  | { readonly kind: 'ready' | 'withdrawn' }
  | { readonly kind: 'started'; readonly task: Task }
  | { readonly kind: 'answer'; readonly task: Task; readonly took: number };

/** What the host knows of one task. */
export interface Record {
  readonly task: Task;
  /** How long each item runs; Infinity: until somebody kills it. */
  readonly duration: number;
  begunBy: number | null;
  sent: boolean;
  /** Which worker ran it to its end. */
  done: boolean;
  aborted: boolean;
  dropped: boolean;
  /** Somebody was told that it has begun, or that it is too late to drop it. */
  kept: boolean;
  settled: 'finished' | Failure | null;
}

/** Who asks for tasks and does what users do. */
interface User {
  nextOrder(): number;
  newTask(kind: number, order: number): Task;
  meddle(n: number): void;
}

/** An input that yields, waits, ends and, while it is asked, does what a user's generator can do. */
export class FakeSource implements Source {
  readonly order: number;
  readonly #user: User;
  readonly script: number[];
  waiting = false;
  ended = false;
  stopped = false;

  constructor(user: User, script: number[]) {
    this.order = user.nextOrder();
    this.#user = user;
    this.script = script;
  }

  /** Might it be asked for more right now? */
  get open(): boolean {
    return !this.waiting && !this.ended && !this.stopped;
  }

  pull(): Task | 'wait' | 'done' {
    check(!this.stopped && !this.ended, 'a source that has ended is not asked again');
    check(!this.waiting, 'a source that waits is not asked before it is woken');
    const step = this.script.shift();
    if (step === undefined) {
      this.ended = true;
      return 'done';
    }
    if (step % 4 === 0) {
      this.waiting = true;
      return 'wait';
    }
    if (step % 11 === 0) this.#user.meddle(step);
    return this.#user.newTask(step >> 2, this.order);
  }

  stop(): void {
    check(!this.stopped, 'a source is stopped once');
    this.stopped = true;
  }
}

/** The script of a source, from one number. */
export function script(n: number): number[] {
  const steps: number[] = [];
  let state = n;
  for (let i = 0; i < n % 7; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
    steps.push(state & 0xffff);
  }
  return steps;
}
