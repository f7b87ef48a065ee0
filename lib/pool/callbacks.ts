import { CallbackQueue } from '../engine/callback_queue';
import { isInterrupt } from '../engine/interrupts';
import { isThenable } from '../util/thenable';
import { uncaught } from '../util/uncaught';

interface Entry {
  readonly callback: (value: unknown) => unknown;
  readonly value: unknown;
  /** Turns the result ready. */
  readonly after: () => void;
}

/** The callbacks of one pool, in the order in which its results came. */
export type Callbacks = CallbackQueue<Entry>;

/** @param awaits - one that returns a promise is awaited before the next; else it must not. */
export const makeCallbacks = (awaits: boolean): Callbacks =>
  new CallbackQueue({ call: (entry) => call(entry, awaits), nests: false });

function call({ callback, value, after }: Entry, awaits: boolean): Promise<void> | null {
  try {
    const pending = callback(value);
    if (isThenable(pending)) {
      const settled = Promise.resolve(pending).then(undefined, uncaught);
      if (awaits) return settled.then(after);
      throw new TypeError('a callback of a pool that blocks cannot be awaited: it must not return a promise');
    }
  } catch (error) {
    if (!isInterrupt(error)) uncaught(error);
  }
  after();
  return null;
}
