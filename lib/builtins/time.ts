import { ValueError } from '../util/exceptions';
import { type_name } from '../util/repr';

/** Nobody notifies it: what waits on it waits for the whole time. */
let never: Int32Array | null = null;

/**
 * Python's `time.sleep`: blocks this thread for so many seconds.
 *
 * In a worker that is what a ported task means. In the main thread it blocks the event loop as well: results and
 * callbacks wait until it is over. Where that is not wanted: `await setTimeout(ms)` of `node:timers/promises`.
 *
 * @throws ValueError for a negative time.
 * @example
 * sleep(0.5);
 */
export function sleep(seconds: number): void {
  checkSleep(seconds);
  never ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(never, 0, 0, seconds * 1000);
}

/** @throws TypeError for what is no number, ValueError for one that no time has. */
export function checkSleep(seconds: number): void {
  if (typeof seconds !== 'number') {
    throw new TypeError(`'${type_name(seconds)}' object cannot be interpreted as an integer`);
  }
  if (Number.isNaN(seconds)) throw new ValueError('Invalid value NaN (not a number)');
  if (seconds < 0) throw new ValueError('sleep length must be non-negative');
}

/**
 * Python's `time.perf_counter`: seconds of a clock that only goes forward. All processes of a machine read the same
 * clock, so differences between two of them are meaningful.
 */
export function perf_counter(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** What ported scripts use of Python's module `time`, and its function `time` in one. */
export interface Time {
  (): number;
  time(): number;
  sleep(seconds: number): void;
  perf_counter(): number;
  monotonic(): number;
}

/** With this way to sleep. */
export function timeWith(sleep: Time['sleep']): Time {
  let ahead = 0;
  const time = (): number => {
    const date = Date.now();
    const fine = performance.timeOrigin + performance.now() + ahead;
    // The date is exact to a millisecond only, but it follows when somebody sets the clock, or the machine has slept.
    if (fine >= date && fine < date + 2) return fine / 1000;
    ahead += date - fine;
    return date / 1000;
  };
  return Object.assign(time, { time, sleep, perf_counter, monotonic: perf_counter });
}

/**
 * Seconds since 1970, with their fraction. Both spellings of Python work: `time()` as after `from time import time`,
 * `time.time()` and `time.sleep(1)` as after `import time`.
 *
 * @example
 * const st = time.time();
 * time.sleep(0.1);
 * print(time.time() - st);
 */
export const time = timeWith(sleep);
