import { checkBlocking } from '../../engine/blocking';

/**
 * What ported lines need, as in `multiprocessing-ts/builtins`. While `sleep` blocks, results of pools arrive; `len` and
 * `del` ask proxies.
 */
export * from '../../builtins';
export { del } from './del';
export type { Deletable } from './del';
export { len } from './len';
export { sleep, time } from './time';

checkBlocking();
