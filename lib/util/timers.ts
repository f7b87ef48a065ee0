import timers from 'node:timers';
import { mainRealm } from './realm';

/**
 * The clock and the timers of the process itself. A test may have replaced the global ones by fakes
 * (`jest.useFakeTimers()` stops even `queueMicrotask`); pools go on nevertheless. What a caller waits for by its own
 * wish, as in `get(timeout)`, goes by the global ones: that is the caller's time.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;
export const queueMicrotask = mainRealm.queueMicrotask;
export const nextTick = process.nextTick.bind(process);
export const now = performance.now.bind(performance);
