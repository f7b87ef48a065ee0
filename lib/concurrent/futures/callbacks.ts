import { inspect } from 'node:util';
import { CallbackQueue } from '../../engine/callback_queue';
import { isInterrupt } from '../../engine/interrupts';
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
    if (!isInterrupt(error)) logFailure(future, error);
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

/** The callbacks of the futures of one executor, in the order in which the futures are done. */
export class Callbacks {
  readonly #queue: CallbackQueue<Entry>;

  /** @param awaits - does somebody come to promises that callbacks return? Else they must not. */
  constructor(awaits: boolean) {
    this.#queue = new CallbackQueue({
      call: ({ future, callback }) => callBack(future, callback, awaits),
      nests: true,
    });
  }

  /** Is a callback being called right now? */
  get calling(): boolean {
    return this.#queue.current !== null;
  }

  run(future: FutureCore<unknown>, callback: DoneCallback): void {
    const entry = { future, callback };
    // What a callback adds to its own future runs inside it, before those that wait, as in Python.
    if (this.#queue.current?.future === future) this.#queue.runWithin(entry);
    else this.#queue.run(entry);
  }

  /** Resolves when none runs or waits. A callback that waits for this waits for itself. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }
}
