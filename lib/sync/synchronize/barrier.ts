import { REDUCE } from '../../reduction/registry';
import type { WaitKeywords } from '../../synchronize/acquiring';
import {
  Barrier as AsyncBarrier,
  barrierOf,
  type BarrierAction,
  type BarrierKeywords,
  type SharedBarrier,
} from '../../synchronize/barrier';

/** At run time it is the class of the facade with promises; the methods that wait are overridden. */
const Base = AsyncBarrier as unknown as {
  /**
   * @param parties - how many it waits for. As in Python, fewer than 1 is possible and never comes about.
   * @param action - called by one of them when all have come, before they go on. It travels with the barrier. What it
   *   throws breaks the barrier and comes out of its caller's `wait`; so does a `TypeError` if it is async.
   * @param timeout - seconds that `wait` waits at most, where it is not told otherwise. @default for ever
   * @throws TypeError for parties that are no integer, or an action that is no function.
   */
  new (parties: number, action?: BarrierAction | null, timeout?: number | null): Base;
  new (parties: number, keywords: Omit<BarrierKeywords, 'parties'>): Base;
  new (keywords: BarrierKeywords & { readonly parties: number }): Base;
};
type Base = Omit<AsyncBarrier, 'wait' | 'waitSync'>;
const asyncOf = (barrier: Barrier): AsyncBarrier => barrier as unknown as AsyncBarrier;

/**
 * Where a number of processes or threads wait until all of them have come.
 *
 * Python's `multiprocessing.Barrier`. If somebody dies who waits, or who runs the action, the barrier breaks; in Python
 * the others wait for ever.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const barrier = new Barrier(2);
 * const other = new Pool(1).apply_async(() => barrier.wait());
 * console.log(barrier.wait() + other.get()); // 1
 */
export class Barrier extends Base {
  static readonly [REDUCE] = {
    reduce: AsyncBarrier[REDUCE].reduce as unknown as (barrier: Barrier) => SharedBarrier,
    rebuild: (shared: SharedBarrier): Barrier => barrierOf(shared, Barrier),
  };

  /**
   * Waits until all have come, and returns how many came before: another number for each, from 0 on.
   *
   * @param timeout - seconds to wait at most, after which the barrier breaks. @default the barrier's own
   * @throws BrokenBarrierError if the barrier is broken, breaks, or is reset: because somebody did not come in time,
   *   called `abort`, or died.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
   */
  wait(timeout?: number | null | WaitKeywords): number;
  wait(...args: []): number {
    return asyncOf(this).waitSync(...args);
  }
}
