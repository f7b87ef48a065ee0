import { checkCount } from './arguments';
import { Group } from './group';

export { PoolFull } from './errors';
export { Group } from './group';
export { IMap, IMapUnordered } from './imap';

/**
 * A group with a limit: no more than `size` of its greenlets run at a time, the others wait in line.
 *
 * gevent's `Pool`. Not one of processes or threads: what it limits are coroutines of this event loop.
 *
 * @example
 * const pool = new Pool(2);
 * console.log(await pool.map(async (x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 */
export class Pool extends Group {
  /** How many may run at a time; `null`: any number. */
  readonly size: number | null;

  /**
   * @param size - how many may run at a time. With 0 nothing ever runs. @default any number
   * @throws ValueError for a negative size.
   * @throws TypeError for what is no whole number.
   */
  constructor(size: number | null = null) {
    const limit = checkCount('size', size);
    super();
    this.size = limit;
    if (limit !== null) this.limit(limit);
  }

  /** How many more could run; 1 without a limit, as in gevent. */
  free_count(): number {
    return this.size === null ? 1 : Math.max(0, this.size - this.length);
  }
}
