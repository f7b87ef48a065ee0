/**
 * Coroutines in the style of Python's gevent, on the event loop. An async function is the coroutine; no process and no
 * thread is started.
 */
export { GreenletExit } from './errors';
export { getcurrent, Greenlet } from './greenlet';
export { iwait, joinall, killall, wait } from './joinall';
export * as monkey from './monkey';
export * as pool from './pool';
export { sleep } from './sleep';
export { spawn, spawn_later } from './spawn';
export { Timeout, with_timeout } from './timeout';
export type { Throwable } from './arguments';
export type * from './types';
export type { WithTimeoutKeywords } from './timeout';
