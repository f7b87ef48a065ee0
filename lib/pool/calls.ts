import type { Engine } from '../engine/engine';
import type { Failure } from '../engine/failure';
import { Pace, Task, type Receiver } from '../engine/task';
import { inTurn, soon } from '../engine/turns';
import { encodeArguments, encodeFunction } from '../reduction/sending';
import type { EncodedFunction } from '../reduction/types';
import { kindOf } from '../util/kind_of';
import { CallKind, type CallKindId } from '../wire/protocol';
import { errorOf } from './errors';
import { Outcome, type Handlers } from './outcome';

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

const jobs = new WeakMap<object, Job>();

/**
 * Prepares a function for being called: one job as long as nothing it stands on changes, and one pace for the
 * function, in whatever pool it runs.
 *
 * @param sharesMemory - it will be called in threads of this process.
 * @throws TypeError for what is not a function.
 * @throws PicklingError for one that cannot be sent.
 */
export function jobOf(f: unknown, sharesMemory: boolean): Job {
  if (typeof f !== 'function') throw new TypeError(`'${kindOf(f)}' object is not callable`);
  const fn = encodeFunction(f, sharesMemory);
  let job = jobs.get(f);
  if (job?.fn !== fn) jobs.set(f, (job = { fn, pace: job?.pace ?? new Pace() }));
  return job;
}

/** Calls `abort` when the signal says so, until `done`; returns how to stop listening. */
export function onAbort(signal: AbortSignal, abort: (reason: unknown) => void): () => void {
  const known = listening.get(signal);
  const calls = known ?? new Set();
  calls.add(abort);
  if (known === undefined) {
    listening.set(signal, calls);
    signal.addEventListener('abort', onAborted);
  }
  return () => {
    calls.delete(abort);
    if (calls.size > 0) return;
    listening.delete(signal);
    signal.removeEventListener('abort', onAborted);
  };
}

type Abort = (reason: unknown) => void;

/** Who is to be told. One listener for a signal: node warns of a leak when there are more than ten. */
const listening = new WeakMap<AbortSignal, Set<Abort>>();

function onAborted(this: AbortSignal): void {
  inTurn([...(listening.get(this) ?? [])], (abort) => {
    abort(this.reason);
  });
}

/** One call of a function: `apply_async`. */
export class ApplyCall<T> extends Outcome<T> implements Receiver {
  #unlisten: (() => void) | null = null;

  start(engine: Engine, job: Job, args: readonly unknown[], options: CallOptions): void {
    const value = encodeArguments(args, engine.sharesMemory);
    const id = engine.nextTaskId();
    const order = engine.nextOrder();
    const task = new Task(id, order, this, job.fn, CallKind.Apply, value, job.pace, 0, 1, options.timeout);
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
    handlers: Handlers<T[]> | null,
  ) {
    super(handlers);
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
      const value = encodeArguments(part, this.#engine.sharesMemory);
      const id = this.#engine.nextTaskId();
      const { timeout } = this.#options;
      task = new Task(id, order, this, job.fn, this.#kind, value, job.pace, index, part.length, timeout);
    } catch (error) {
      // Only this chunk fails. Not before the caller has the result in hand.
      soon(() => {
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
