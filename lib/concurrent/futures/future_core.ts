import { inspect } from 'node:util';
import { inTurn } from '../../engine/turns';
import { REDUCE } from '../../reduction/registry';
import { addressOf } from '../../util/address';
import { RuntimeError } from '../../util/exceptions';
import { forEach, withOne, without, type Few } from '../../util/few';
import { LogLevel, report } from '../../util/log';
import { callBack, type Callbacks, type DoneCallback } from './callbacks';
import { CancelledError, InvalidStateError } from './errors';
import {
  CANCELLED,
  CANCELLED_AND_NOTIFIED,
  PENDING,
  RAISED,
  RETURNED,
  RUNNING,
  STATES,
  describe,
  type State,
} from './states';

/** Told once by each future it watches, when that one has finished, or was cancelled and its executor knows. */
export interface Watcher {
  completed(future: FutureCore<unknown>): void;
}

/** What a future of an executor stands for. */
export interface Call {
  /** What runs the callbacks of the executor's futures. */
  readonly callbacks: Callbacks;
  /** Asked while the future is pending: has the call begun after all? Then the future is running, and stays so. */
  begun(): boolean;
  /** Asked before a pending future is cancelled: the call is not to be run. False: too late, so the future is running. */
  withdraw(): boolean;
  /** The future is cancelled; its callbacks are still to run. */
  cancelled(): void;
}

/** For executors, `wait` and `as_completed`; users do not see it. */
export let bindCall: (future: FutureCore<unknown>, call: Call) => void;
/** As `done()`, without a look for what has come. */
export let isDone: (future: FutureCore<unknown>) => boolean;
export let isComplete: (future: FutureCore<unknown>) => boolean;
export let hasRaised: (future: FutureCore<unknown>) => boolean;
/** Watches a future that is not complete. */
export let watch: (future: FutureCore<unknown>, watcher: Watcher) => void;
export let unwatch: (future: FutureCore<unknown>, watcher: Watcher) => void;

/**
 * A future without its waiting: what becomes of a call, and who is told. The two classes that a user sees wait for
 * that, one on the event loop and one by blocking the thread.
 */
export abstract class FutureCore<T> {
  static {
    bindCall = (future, call) => {
      future.#call = call;
    };
    isDone = (future) => future.#isDone();
    isComplete = (future) => future.#state >= CANCELLED_AND_NOTIFIED;
    hasRaised = (future) => future.#state === RAISED;
    watch = (future, watcher) => {
      future.#watchers = withOne(future.#watchers, watcher);
    };
    unwatch = (future, watcher) => {
      future.#watchers = without(future.#watchers, watcher);
    };
  }

  /** A future is of this process: another could do nothing with it. */
  static readonly [REDUCE] = {
    reduce(future: FutureCore<unknown>): never {
      throw new TypeError(`cannot pickle '${future.constructor.name}' object: send its result instead`);
    },
    rebuild: (): never => {
      throw new TypeError("cannot unpickle 'Future' object");
    },
  };

  // There are futures by the ten thousand: what most of them do not need is not made.
  #state: State = PENDING;
  #value: unknown = undefined;
  /** None: it was made by hand. */
  #call: Call | null = null;
  #watchers: Few<Watcher> = null;
  #callbacks: DoneCallback[] | null = null;

  /** Does somebody come to the promise that a callback returns? */
  protected abstract get awaits(): boolean;

  /**
   * Cancels the call if it has not begun.
   *
   * @returns false if it runs or is finished: then it cannot be cancelled any more.
   */
  cancel(): boolean {
    if (this.#state !== PENDING) return this.cancelled();
    const withdrawn = this.#call?.withdraw() ?? true;
    // It may have been settled meanwhile.
    if (this.#isDone()) return this.cancelled();
    this.#state = withdrawn ? CANCELLED : RUNNING;
    if (!withdrawn) return false;
    this.wake();
    this.#call?.cancelled();
    this.#runCallbacks();
    return true;
  }

  /** Was it cancelled? */
  cancelled(): boolean {
    return this.#state === CANCELLED || this.#state === CANCELLED_AND_NOTIFIED;
  }

  /** Is the call being run? Then it cannot be cancelled any more. */
  running(): boolean {
    return this.#look() === RUNNING;
  }

  /** Is it cancelled or finished? */
  done(): boolean {
    return this.#isDone();
  }

  /**
   * Calls `fn(future)` when the future is done: in the order added, or at once if it is done already.
   *
   * In this thread: on its event loop, or in a call that blocks. One that throws is logged and ignored. Of a future of
   * `multiprocessing-ts/concurrent/futures` it may return a promise: that holds up the next callbacks of the same
   * executor, and its `shutdown()`; one that rejects is logged. Of a future that blocks it must not: that is logged.
   *
   * @throws TypeError if `fn` is no function (Python logs it, when the future is done).
   */
  add_done_callback(fn: (future: this) => unknown): void {
    if (typeof fn !== 'function') throw new TypeError('fn must be a callable');
    const callback = fn as DoneCallback;
    if (this.#isDone()) this.#runCallback(callback);
    else if (this.#callbacks === null) this.#callbacks = [callback];
    else this.#callbacks.push(callback);
  }

  /**
   * For executors and tests: says that the call is about to be run, or that the executor knows that it is cancelled.
   * Only then do `wait` and `as_completed` take a cancelled future for done.
   *
   * @returns false if it is cancelled: it must not be run.
   * @throws RuntimeError if it was called before, or the future is finished.
   */
  set_running_or_notify_cancel(): boolean {
    if (this.#state === PENDING) {
      this.#state = RUNNING;
      return true;
    }
    if (this.#state === CANCELLED) {
      this.#state = CANCELLED_AND_NOTIFIED;
      this.#tellWatchers();
      return false;
    }
    report(LogLevel.CRITICAL, `Future ${addressOf(this)} in unexpected state: ${STATES[this.#state]}`);
    throw new RuntimeError('Future in unexpected state');
  }

  /**
   * For executors and tests: what the call returned.
   *
   * @throws InvalidStateError if the future is done.
   */
  set_result(value: T): void {
    this.#finish(RETURNED, value);
  }

  /**
   * For executors and tests: what the call threw. `result()` throws it, whatever it is; in Python `None` counts as no
   * exception, and until 3.13 everything falsy did.
   *
   * @throws InvalidStateError if the future is done.
   */
  set_exception(error: unknown): void {
    this.#finish(RAISED, error);
  }

  /** `<Future at 0x7f0000000040 state=finished returned number>` */
  toString(): string {
    return `<${this.constructor.name} at ${addressOf(this)} state=${describe(this.#look(), this.#value)}>`;
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }

  /** It is done: who waits for that is told. */
  protected wake(): void {
    // A call that blocks looks by itself.
  }

  /** The result of what is done. */
  protected takeResult(): T {
    if (this.#state === RETURNED) return this.#value as T;
    throw this.cancelled() ? new CancelledError() : this.#value;
  }

  /** The exception of what is done. */
  protected takeException(): unknown {
    if (this.cancelled()) throw new CancelledError();
    return this.#state === RAISED ? this.#value : null;
  }

  #isDone(): boolean {
    return this.#state >= CANCELLED;
  }

  #look(): State {
    if (this.#state === PENDING && this.#call?.begun() === true) this.#state = RUNNING;
    return this.#state;
  }

  #finish(state: typeof RETURNED | typeof RAISED, value: unknown): void {
    if (this.#isDone()) throw new InvalidStateError(`${STATES[this.#state]}: ${this.toString()}`);
    this.#state = state;
    this.#value = value;
    this.#tellWatchers();
    this.wake();
    this.#runCallbacks();
  }

  #tellWatchers(): void {
    const watchers = this.#watchers;
    this.#watchers = null;
    forEach(watchers, (watcher) => watcher.completed(this));
  }

  #runCallbacks(): void {
    const callbacks = this.#callbacks;
    if (callbacks === null) return;
    this.#callbacks = null;
    inTurn(callbacks, (callback) => {
      this.#runCallback(callback);
    });
  }

  #runCallback(callback: DoneCallback): void {
    if (this.#call === null) void callBack(this, callback, this.awaits);
    else this.#call.callbacks.run(this, callback);
  }
}
