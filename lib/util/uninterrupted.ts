import type { Allowance } from './allowance';

/**
 * What a thread must not be ended in the middle of. Node lets nothing of its interface for native code succeed in a
 * thread that it ends; what then throws there (koffi, while it is loaded and set up) ends the whole process. So who ends
 * a thread waits for that, and who is about to be ended does not begin with it.
 */
const Gate = { Free: 0, Inside: 1, Closed: 2 } as const;

/** Of the thread: there may be several copies of this package in it. */
const KEY = Symbol.for('multiprocessing-ts.ending');

/** How often somebody looks who waits for that, in milliseconds. */
const STEP = 50;

type Holder = Record<symbol, Int32Array | undefined>;

let depth = 0;

/** In a thread: its end is told by this memory. */
export function adoptEnding(memory: SharedArrayBuffer): void {
  const value = new Int32Array(memory);
  Object.defineProperty(globalThis, KEY, { value, configurable: true, writable: true });
}

/** Calls `body`; this thread is not ended meanwhile. It must not take long. */
export function uninterrupted<T>(body: () => T): T {
  const gate = (globalThis as unknown as Holder)[KEY];
  if (gate === undefined || depth > 0) return body();
  // If it is closed the end comes while we wait.
  while (Atomics.compareExchange(gate, 0, Gate.Free, Gate.Inside) !== Gate.Free) {
    Atomics.wait(gate, 0, Gate.Closed);
  }
  depth++;
  try {
    return body();
  } finally {
    depth--;
    Atomics.store(gate, 0, Gate.Free);
    Atomics.notify(gate, 0);
  }
}

/** Of one thread, for who ends it. */
export class Ending {
  readonly memory = new SharedArrayBuffer(4);
  readonly #gate = new Int32Array(this.memory);

  /** From now on the thread can be ended; false: not yet. */
  begin(): boolean {
    return Atomics.compareExchange(this.#gate, 0, Gate.Free, Gate.Closed) !== Gate.Inside;
  }

  /** As {@link Ending.begin}, but waits for it, as long as there is something left. Blocks the thread. */
  beginSync(allowance: Allowance): boolean {
    for (;;) {
      if (this.begin()) return true;
      if (Atomics.wait(this.#gate, 0, Gate.Inside, STEP) === 'timed-out' && !allowance.spend(STEP))
        return false;
    }
  }
}
