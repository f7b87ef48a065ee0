import type { Engine } from '../../engine/engine';
import type { Failure } from '../../engine/failure';
import { Task, type Receiver } from '../../engine/task';
import { onAbort, type Job } from '../../pool/calls';
import type { Encoded } from '../../reduction/types';
import type { CallKindId } from '../../wire/protocol';
import type { CallbackQueue } from './callbacks';
import { CancelledError } from './errors';
import { Future, isComplete } from './future';

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
  readonly callbacks: CallbackQueue;
  /** What the user sees of what the engine decided. */
  errorOf(failure: Failure): unknown;
}

/** The future of an executor: stands for a task of its engine. */
export class Submission<T> extends Future<T> implements Receiver {
  static {
    // What users see of it is a Future.
    Object.defineProperty(this, 'name', { value: 'Future' });
  }

  protected override readonly callbackQueue: CallbackQueue;
  readonly #owner: Owner;
  #task: Task | null = null;
  #unlisten: (() => void)[] | null = null;
  #withdrawing = false;

  constructor(owner: Owner) {
    super();
    this.callbackQueue = owner.callbacks;
    this.#owner = owner;
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
    if (!this.done()) this.set_exception(error);
  }

  // ------------------------------------------------------------ receiver

  returned(_task: Task, value: unknown): void {
    this.#settled();
    // Somebody may have settled it by hand.
    if (!this.done()) this.set_result(value as T);
  }

  failed(_task: Task, error: unknown): void {
    this.#settled();
    if (!this.done()) this.set_exception(error);
  }

  lost(_task: Task, failure: Failure): void {
    if (failure.kind !== 'dropped') this.failed(_task, this.#owner.errorOf(failure));
    else if (!this.#withdrawing) {
      this.#settled();
      // Somebody may have said by hand that it runs: then it cannot be cancelled, but it is over all the same.
      if (!this.cancel()) this.refuse(new CancelledError());
    }
  }

  #settled(): void {
    this.#task = null;
    if (this.#unlisten === null) return;
    for (const stop of this.#unlisten) stop();
    this.#unlisten = null;
  }

  // -------------------------------------------------------------- future

  /** As in Python; and whoever waits for it is told at once, where Python tells when a worker comes across it. */
  override cancel(): boolean {
    const before = this.cancelled();
    const cancelled = super.cancel();
    if (cancelled && !before) {
      this.#settled();
      // A callback may have done it.
      if (!isComplete(this)) this.set_running_or_notify_cancel();
    }
    return cancelled;
  }

  protected override begun(): boolean {
    return this.#task !== null && this.#owner.engine.begun(this.#task);
  }

  protected override withdraw(): boolean {
    if (this.#task === null) return true;
    this.#withdrawing = true;
    const dropped = this.#owner.engine.drop(this.#task);
    this.#withdrawing = false;
    return dropped;
  }
}
