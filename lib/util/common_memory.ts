/**
 * The memory that the threads of this process share where processes cannot share any: see lib/native/common.ts. One of
 * them makes it, and whoever starts a thread hands it on.
 */

/** Kept on the global object of the thread: several copies of this package share one memory. */
const KEY = Symbol.for('multiprocessing-ts.common');

type Holder = Record<symbol, SharedArrayBuffer | null | undefined>;

/** `null`: whoever has started this thread had none; `undefined`: nobody has said. */
export const commonMemory = (): SharedArrayBuffer | null | undefined =>
  (globalThis as unknown as Holder)[KEY];

export function adoptCommon(memory: SharedArrayBuffer | null): void {
  Object.defineProperty(globalThis, KEY, { value: memory, configurable: true, writable: true });
}
