import { getCurrentProcess } from './current';

/**
 * Numbers what this process starts: Python's names go by these. Shared between
 * its threads, and kept on the global object: several copies of this package
 * in one process are still one process.
 */
const KEY = Symbol.for('multiprocessing-ts.counters');
const PROCESSES = 0;
const THREADS = 1;

type Holder = Record<symbol, Int32Array<SharedArrayBuffer> | undefined>;

function counters(): Int32Array<SharedArrayBuffer> {
  return (globalThis as unknown as Holder)[KEY] ?? shareCounters(new SharedArrayBuffer(8));
}

/** What a thread of this process is to be given. */
export function sharedCounters(): SharedArrayBuffer {
  return counters().buffer;
}

/** In a thread: counts on where the process is. */
export function shareCounters(memory: SharedArrayBuffer): Int32Array<SharedArrayBuffer> {
  const value = new Int32Array(memory);
  Object.defineProperty(globalThis, KEY, { value, configurable: true });
  return value;
}

/** The identity of one more child of this process, whatever starts it: Python's names end in it, as `-1:2`. */
export function nextIdentity(): number[] {
  return [...getCurrentProcess().identity, Atomics.add(counters(), PROCESSES, 1) + 1];
}

/** Numbers the worker threads of this process that were given no name. */
export function nextThreadNumber(): number {
  return Atomics.add(counters(), THREADS, 1) + 1;
}
