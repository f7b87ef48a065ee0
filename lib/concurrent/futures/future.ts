import { inspect } from 'node:util';
import { REDUCE } from '../../reduction/registry';
import { addressOf } from '../../util/address';
import { after } from '../../util/after';
import { RuntimeError } from '../../util/exceptions';
import { forEach, withOne, without, type Few } from '../../util/few';
import { LogLevel, report } from '../../util/log';
import { TimeoutError } from '../../util/os_errors';
import { callBack, type CallbackQueue, type DoneCallback } from './callbacks';
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
import { bindTimeout, type Timeout } from '../../util/timeout';

/** Told once by each future it watches, when that one has finished, or was cancelled and its executor knows. */
export interface Watcher {
  completed(future: Future<unknown>): void;
}

/** For `wait` and `as_completed`; users do not see it. */
export let isComplete: (future: Future<unknown>) => boolean;
export let hasRaised: (future: Future<unknown>) => boolean;
/** Watches a future that is not complete. */
export let watch: (future: Future<unknown>, watcher: Watcher) => void;
export let unwatch: (future: Future<unknown>, watcher: Watcher) => void;

const bindResult = bindTimeout('result');
const bindException = bindTimeout('exception');

/**
 * The result of a call that an executor runs: there now or later.
 *
 * As in Python, except that `result` and `exception` return promises. Not thenable, so that an `async` function can
 * return one without waiting for it. Made by `Executor.submit`; made by `new Future()`, somebody has to set its result.
 *
 * @example
 * const future = new Future<number>();
 * future.add_done_callback((done) => console.log(String(done))); // <Future at 0x… state=finished returned number>
 * setTimeout(() => future.set_result(4), 100);
 * console.log(await future.result(10)); // 4
 */
export class Future<T> {
  static {
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
    reduce(future: Future<unknown>): never {
      throw new TypeError(`cannot pickle '${future.constructor.name}' object: send its result instead`);
    },
    rebuild: (): never => {
      throw new TypeError("cannot unpickle 'Future' object");
    },
  };

  /** What runs the callbacks of the executor's futures; none: they run at once. */
  protected readonly callbackQueue: CallbackQueue | null = null;

  // There are futures by the ten thousand: what most of them do not need is not made.
  #state: State = PENDING;
  #value: unknown = undefined;
  /** Who asked for the result or the exception. */
  #waiters: Few<() => void> = null;
  #watchers: Few<Watcher> = null;
  #callbacks: DoneCallback[] | null = null;

  /**
   * Cancels the call if it has not begun.
   *
   * @returns false if it runs or is finished: then it cannot be cancelled any more.
   */
  cancel(): boolean {
    if (this.#state !== PENDING) return this.cancelled();
    const withdrawn = this.withdraw();
    // It may have been settled meanwhile.
    if (this.done()) return this.cancelled();
    this.#state = withdrawn ? CANCELLED : RUNNING;
    if (!withdrawn) return false;
    this.#wake();
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
    return this.#state >= CANCELLED;
  }

  /**
   * What the call returned, when it is done.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one. It may still come: ask again.
   * @throws CancelledError when it is cancelled.
   * @throws whatever the call threw.
   */
  result(timeout?: Timeout): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#whenDone(bindResult(timeout), reject, () => {
        if (this.#state === RETURNED) resolve(this.#value as T);
        else reject(this.cancelled() ? new CancelledError() : this.#value);
      });
    });
  }

  /**
   * What the call threw, when it is done; `null` if it returned.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one.
   * @throws CancelledError when it is cancelled.
   */
  exception(timeout?: Timeout): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#whenDone(bindException(timeout), reject, () => {
        if (this.cancelled()) reject(new CancelledError());
        else resolve(this.#state === RAISED ? this.#value : null);
      });
    });
  }

  /**
   * Calls `fn(future)` when the future is done: in the order added, or at once if it is done already.
   *
   * On the event loop of this process. One that throws, or returns a promise that rejects, is logged and ignored. A
   * promise that one returns holds up the next callbacks of the same executor, and its `shutdown()`.
   *
   * @throws TypeError if `fn` is no function (Python logs it, when the future is done).
   */
  add_done_callback(fn: (future: this) => unknown): void {
    if (typeof fn !== 'function') throw new TypeError('fn must be a callable');
    const callback = fn as DoneCallback;
    if (this.done()) this.#runCallback(callback);
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
   * For executors and tests: what the call threw. `result()` rejects with it, whatever it is; in Python `None` counts
   * as no exception, and until 3.13 everything falsy did.
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

  /** Asked while the future is pending: has the call begun after all? Then the future is running, and stays so. */
  protected begun(): boolean {
    return false;
  }

  /** Asked before a pending future is cancelled: the call is not to be run. False: too late, so the future is running. */
  protected withdraw(): boolean {
    return true;
  }

  #look(): State {
    if (this.#state === PENDING && this.begun()) this.#state = RUNNING;
    return this.#state;
  }

  #finish(state: typeof RETURNED | typeof RAISED, value: unknown): void {
    if (this.done()) throw new InvalidStateError(`${STATES[this.#state]}: ${this.toString()}`);
    this.#state = state;
    this.#value = value;
    this.#tellWatchers();
    this.#wake();
    this.#runCallbacks();
  }

  #tellWatchers(): void {
    const watchers = this.#watchers;
    this.#watchers = null;
    forEach(watchers, (watcher) => watcher.completed(this));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = null;
    forEach(waiters, (wake) => wake());
  }

  #runCallbacks(): void {
    const callbacks = this.#callbacks;
    if (callbacks === null) return;
    this.#callbacks = null;
    for (const callback of callbacks) this.#runCallback(callback);
  }

  #runCallback(callback: DoneCallback): void {
    if (this.callbackQueue === null) void callBack(this, callback);
    else this.callbackQueue.run(this, callback);
  }

  /** Calls `give` when done, or `refuse` if that takes too long. */
  #whenDone(seconds: number | null, refuse: (error: Error) => void, give: () => void): void {
    if (this.done()) give();
    else if (seconds === null) this.#waiters = withOne(this.#waiters, give);
    else if (seconds <= 0) refuse(new TimeoutError());
    else {
      const stop = after(seconds, () => {
        this.#waiters = without(this.#waiters, wake);
        refuse(new TimeoutError());
      });
      const wake = (): void => {
        stop();
        give();
      };
      this.#waiters = withOne(this.#waiters, wake);
    }
  }
}
