import type { Engine } from '../../engine/engine';
import type { Failure } from '../../engine/failure';
import { Task, type Receiver } from '../../engine/task';
import { onAbort, type Job } from '../../pool/calls';
import type { Encoded } from '../../reduction/types';
import type { CallKindId } from '../../wire/protocol';
import type { Callbacks } from './callbacks';
import { CancelledError } from './errors';
import { bindCall, isComplete, isDone, type Call, type FutureCore } from './future_core';

/** What a call is told beside its function and arguments. */
export interface Options {
  /** Seconds that each item may run; `null` for ever. */
  readonly timeout: number | null;
  /** Any of them aborts it. */
  readonly signals: readonly AbortSignal[];
}

/** What the futures of one executor share. Not the executor itself: it may be dropped while they are pending. */
export interface Owner {
  readonly engine: Engine;
  readonly callbacks: Callbacks;
  /** What the user sees of what the engine decided. */
  errorOf(failure: Failure): unknown;
}

/** What stands between the future of an executor and its task in the engine. */
export class Submission implements Call, Receiver {
  readonly #owner: Owner;
  readonly #future: FutureCore<unknown>;
  #task: Task | null = null;
  #unlisten: (() => void)[] | null = null;
  #withdrawing = false;

  constructor(owner: Owner, future: FutureCore<unknown>) {
    this.#owner = owner;
    this.#future = future;
    bindCall(future, this);
  }

  /** Hands the call to the engine. */
  start(job: Job, kind: CallKindId, value: Encoded, items: number, options: Options): void {
    const { engine } = this.#owner;
    const order = engine.nextOrder();
    const { fn, pace } = job;
    const task = new Task(engine.nextTaskId(), order, this, fn, kind, value, pace, 0, items, options.timeout);
    this.#task = task;
    if (options.signals.length > 0) {
      const abort = (reason: unknown): void => {
        engine.abort(task, reason);
      };
      this.#unlisten = options.signals.map((signal) => onAbort(signal, abort));
    }
    engine.submit(task);
  }

  /** The call failed before it was one. */
  refuse(error: unknown): void {
    if (!isDone(this.#future)) this.#future.set_exception(error);
  }

  // ------------------------------------------------------------ receiver

  returned(_task: Task, value: unknown): void {
    this.#settled();
    // Somebody may have settled it by hand.
    if (!isDone(this.#future)) this.#future.set_result(value);
  }

  failed(_task: Task, error: unknown): void {
    this.#settled();
    this.refuse(error);
  }

  lost(task: Task, failure: Failure): void {
    if (failure.kind !== 'dropped') this.failed(task, this.#owner.errorOf(failure));
    else if (!this.#withdrawing) {
      this.#settled();
      // Somebody may have said by hand that it runs: then it cannot be cancelled, but it is over all the same.
      if (!this.#future.cancel()) this.refuse(new CancelledError());
    }
  }

  #settled(): void {
    this.#task = null;
    if (this.#unlisten === null) return;
    for (const stop of this.#unlisten) stop();
    this.#unlisten = null;
  }

  // ---------------------------------------------------------------- call

  get callbacks(): Callbacks {
    return this.#owner.callbacks;
  }

  begun(): boolean {
    return this.#task !== null && this.#owner.engine.begun(this.#task);
  }

  withdraw(): boolean {
    if (this.#task === null) return true;
    this.#withdrawing = true;
    const dropped = this.#owner.engine.drop(this.#task);
    this.#withdrawing = false;
    return dropped;
  }

  /** Whoever waits for it is told at once, where Python tells when a worker comes across it. */
  cancelled(): void {
    this.#settled();
    if (!isComplete(this.#future)) this.#future.set_running_or_notify_cancel();
  }
}
