/**
 * What the lines around a pool need when they are ported from Python: its builtins, the handful of functions of
 * `os`, `time`, `threading`, `random` and `operator` that such scripts use, and its built-in exceptions.
 */
export * from '../util/exceptions';
export * from '../util/os_errors';
export { repr, str } from '../util/repr';
export { divmod, enumerate, len, sorted, sum, truediv, zip } from './functions';
export type { Sized, SortedOptions } from './functions';
export { dict, list } from './collections';
export type { DictSource } from './collections';
export { getpid, getppid, os } from './os';
export { print } from './print';
export type { PrintOptions } from './print';
export { choice, randint, random, shuffle, uniform } from './random';
export { range } from './range';
export type { Range } from './range';
export { current_thread, get_ident, get_native_id, threading } from './threading';
export type { ThreadHandle } from './threading';
export { perf_counter, sleep, time } from './time';

/** JavaScript's own, so that all exceptions can be imported from here. */
export const TypeError = globalThis.TypeError;
export type TypeError = globalThis.TypeError;
