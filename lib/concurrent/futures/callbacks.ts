import { inspect } from 'node:util';
import { blockingDepth, blockingLevel } from '../../engine/blocking';
import { Deque } from '../../util/deque';
import { LogLevel, report } from '../../util/log';
import { isThenable } from '../../util/thenable';
import { uncaught } from '../../util/uncaught';
import type { FutureCore } from './future_core';

/** What `add_done_callback` was given: it takes the future it was given to. */
export type DoneCallback = (future: never) => unknown;

/**
 * Calls one callback of a future. What it throws is logged.
 *
 * @param awaits - it may return a promise; else that is a failure as well.
 * @returns its promise if it returned one, that settles then and never rejects.
 */
export function callBack(
  future: FutureCore<unknown>,
  callback: DoneCallback,
  awaits: boolean,
): Promise<void> | null {
  try {
    const pending = callback(future as never);
    if (!isThenable(pending)) return null;
    const settled = Promise.resolve(pending).then(nothing, (error: unknown) => {
      logFailure(future, error);
    });
    if (awaits) return settled;
    throw new TypeError('a callback of a future that blocks cannot be awaited: it must not return a promise');
  } catch (error) {
    logFailure(future, error);
    return null;
  }
}

/** Whatever else goes wrong, in a handler of the log or in a method that shows the error, is no fault of the caller. */
function logFailure(future: FutureCore<unknown>, error: unknown): void {
  try {
    report(LogLevel.ERROR, `exception calling callback for ${String(future)}\n${inspect(error)}`);
  } catch (failure) {
    uncaught(failure);
  }
}

const nothing = (): void => undefined;

interface Entry {
  readonly future: FutureCore<unknown>;
  readonly callback: DoneCallback;
}

/**
 * Runs the callbacks of the futures of one executor, in the order in which the futures are done. At once, unless one
 * before has returned a promise that is not settled yet: then they wait for it, so that one runs at a time.
 */
export class CallbackQueue {
  readonly #awaits: boolean;
  readonly #waiting = new Deque<Entry>();
  /** The future whose callback is being called right now. */
  #current: FutureCore<unknown> | null = null;
  /** How deep in calls that block, and in those that wait for something, it is called. */
  #level = 0;
  #depth = 0;
  /** How many promises of callbacks are not settled. More than one if callbacks were added by callbacks. */
  #unsettled = 0;
  #idle: (() => void)[] = [];

  /** @param awaits - does somebody come to promises that callbacks return? Else they must not. */
  constructor(awaits: boolean) {
    this.#awaits = awaits;
  }

  /** Is a callback being called right now? */
  get calling(): boolean {
    return this.#current !== null;
  }

  run(future: FutureCore<unknown>, callback: DoneCallback): void {
    // What a callback adds to its own future runs inside it, before those that wait, as in Python.
    const next = (this.#waiting.length === 0 && !this.#rests()) || this.#current === future;
    if (this.#unsettled > 0 || !next) {
      this.#waiting.push({ future, callback });
      return;
    }
    this.#call(future, callback);
    if (this.#waiting.length > 0 && !this.#isWithin()) this.#callAll();
  }

  /** Does the callback that is being called only sleep? Then the next one comes after it. */
  #rests(): boolean {
    return this.#isWithin() && blockingLevel() > this.#level;
  }

  /** Is a callback being called that does not wait for anything? */
  #isWithin(): boolean {
    return this.#current !== null && blockingDepth() === this.#depth;
  }

  /** Resolves when none waits and no promise of one is unsettled. A callback that waits for this waits for itself. */
  async idle(): Promise<void> {
    if (this.#isBusy()) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #isBusy(): boolean {
    return this.#unsettled > 0 || this.#waiting.length > 0;
  }

  #call(future: FutureCore<unknown>, callback: DoneCallback): void {
    const outer = [this.#current, this.#level, this.#depth] as const;
    [this.#current, this.#level, this.#depth] = [future, blockingLevel(), blockingDepth()];
    const pending = callBack(future, callback, this.#awaits);
    [this.#current, this.#level, this.#depth] = outer;
    if (pending === null) return;
    this.#unsettled++;
    void pending.then(() => {
      this.#unsettled--;
      this.#callAll();
    });
  }

  /** A loop, not a recursion: behind a slow one a hundred thousand may wait. */
  #callAll(): void {
    while (this.#unsettled === 0) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#call(next.future, next.callback);
    }
    if (this.#isBusy()) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
