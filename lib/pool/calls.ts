import type { Engine } from '../engine/engine';
import type { Failure } from '../engine/failure';
import { Pace, Task, type Receiver } from '../engine/task';
import { encode } from '../reduction/sending';
import type { EncodedFunction } from '../reduction/types';
import { encodePlainList } from '../reduction/values';
import { CallKind, type CallKindId } from '../wire/protocol';
import type { Callbacks } from './callbacks';
import { errorOf } from './errors';
import { Outcome, type Callback, type ErrorCallback } from './outcome';

/** What a call may be told beside its function and arguments. */
export interface CallOptions {
  /** Seconds each item may run, from its start; `null` for ever. */
  readonly timeout: number | null;
  readonly signal: AbortSignal | null;
}

/** A function ready to be sent, and what is known of its speed. */
export interface Job {
  readonly fn: EncodedFunction;
  readonly pace: Pace;
}

const paces = new WeakMap<object, Pace>();

/** One pace for a function, in whatever pool it runs. */
export function paceOf(f: object): Pace {
  let pace = paces.get(f);
  if (pace === undefined) paces.set(f, (pace = new Pace()));
  return pace;
}

type Abort = (reason: unknown) => void;

/** Who waits for a signal. It has one listener of ours, however many calls: at the eleventh, node would warn. */
const waiting = new WeakMap<AbortSignal, { readonly calls: Set<Abort>; readonly listener: () => void }>();

/** Calls `abort` when the signal says so, until `done`; returns how to stop listening. */
export function onAbort(signal: AbortSignal, abort: Abort): () => void {
  const { calls, listener } = waiting.get(signal) ?? listen(signal);
  calls.add(abort);
  return () => {
    if (!calls.delete(abort) || calls.size > 0) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function listen(signal: AbortSignal): { calls: Set<Abort>; listener: () => void } {
  const calls = new Set<Abort>();
  const listener = (): void => {
    waiting.delete(signal);
    const all = [...calls];
    calls.clear();
    for (const abort of all) abort(signal.reason);
  };
  const entry = { calls, listener };
  waiting.set(signal, entry);
  signal.addEventListener('abort', listener, { once: true });
  return entry;
}

/** One call of a function: `apply_async`. */
export class ApplyCall<T> extends Outcome<T> implements Receiver {
  #unlisten: (() => void) | null = null;

  start(engine: Engine, job: Job, args: readonly unknown[], options: CallOptions): void {
    const value = encodePlainList(args) ?? encode(args);
    const task = new Task({
      id: engine.nextTaskId(),
      order: engine.nextOrder(),
      request: { fn: job.fn, kind: CallKind.Apply, value },
      receiver: this,
      index: 0,
      items: 1,
      pace: job.pace,
      timeout: options.timeout,
    });
    if (options.signal !== null) {
      this.#unlisten = onAbort(options.signal, (reason) => {
        engine.abort(task, reason);
      });
    }
    engine.submit(task);
  }

  returned(_task: Task, value: unknown): void {
    this.#unlisten?.();
    this.complete(value as T);
  }

  failed(_task: Task, error: unknown): void {
    this.#unlisten?.();
    this.fail(error);
  }

  lost(_task: Task, failure: Failure): void {
    this.#unlisten?.();
    this.fail(errorOf(failure));
  }
}

/**
 * A map: the input cut into chunks, each a task. It is done when every chunk
 * has reported; the first failure to arrive is the failure of the whole.
 */
export class MapCall<T> extends Outcome<T[]> implements Receiver {
  readonly #engine: Engine;
  readonly #job: Job | PicklingFailure;
  readonly #kind: CallKindId;
  readonly #options: CallOptions;
  readonly #tasks: Task[] = [];
  #results: T[] = [];
  #chunksize = 1;
  #left = 0;
  #failure: { readonly error: unknown } | null = null;
  #unlisten: (() => void) | null = null;

  constructor(
    engine: Engine,
    job: Job | PicklingFailure,
    kind: CallKindId,
    options: CallOptions,
    callbacks: {
      readonly queue: Callbacks;
      readonly callback: Callback<T[]> | null;
      readonly error: ErrorCallback | null;
    },
  ) {
    super(callbacks.queue, callbacks.callback, callbacks.error);
    this.#engine = engine;
    this.#job = job;
    this.#kind = kind;
    this.#options = options;
  }

  /** Cuts `items` into chunks and submits them. */
  start(items: readonly unknown[], chunksize: number, order: number): void {
    const chunks = Math.ceil(items.length / chunksize);
    this.#chunksize = chunksize;
    this.#left = chunks;
    this.#results = new Array<T>(items.length);
    const { signal } = this.#options;
    for (let index = 0; index < chunks; index++) {
      const part = chunks === 1 ? items : items.slice(index * chunksize, (index + 1) * chunksize);
      this.#submit(index, part, order);
    }
    if (signal !== null && this.#left > 0) {
      this.#unlisten = onAbort(signal, (reason) => {
        for (const task of this.#tasks) this.#engine.abort(task, reason);
      });
    }
  }

  #submit(index: number, part: readonly unknown[], order: number): void {
    const job = this.#job;
    let task: Task;
    try {
      if ('unsendable' in job) throw job.unsendable;
      task = new Task({
        id: this.#engine.nextTaskId(),
        order,
        request: { fn: job.fn, kind: this.#kind, value: encodePlainList(part) ?? encode(part) },
        receiver: this,
        index,
        items: part.length,
        pace: job.pace,
        timeout: this.#options.timeout,
      });
    } catch (error) {
      // Only this chunk fails. Not before the caller has the result in hand.
      queueMicrotask(() => {
        this.#chunkFailed(error);
      });
      return;
    }
    this.#tasks.push(task);
    this.#engine.submit(task);
  }

  returned(task: Task, value: unknown): void {
    const part = value as T[];
    const results = this.#results;
    const from = task.index * this.#chunksize;
    for (let i = 0; i < part.length; i++) results[from + i] = part[i] as T;
    this.#reported();
  }

  failed(_task: Task, error: unknown): void {
    this.#chunkFailed(error);
  }

  lost(_task: Task, failure: Failure): void {
    this.#chunkFailed(errorOf(failure));
  }

  #chunkFailed(error: unknown): void {
    this.#failure ??= { error };
    this.#reported();
  }

  #reported(): void {
    if (--this.#left > 0) return;
    this.#unlisten?.();
    if (this.#failure !== null) this.fail(this.#failure.error);
    else this.complete(this.#results);
  }
}

/** A function that cannot be sent: every part of its call fails with this. */
export interface PicklingFailure {
  readonly unsendable: unknown;
}
