import { REDUCE } from '../../reduction/registry';
import type { Permits } from '../../synchronize/permits';
import {
  bounded,
  BoundedSemaphore as AsyncBoundedSemaphore,
  permitsOf,
  Semaphore as AsyncSemaphore,
  type SemaphoreKeywords,
  type SharedPermits,
} from '../../synchronize/semaphore';
import { blocking } from './sem_lock';

const reduce = AsyncSemaphore[REDUCE].reduce as unknown as (semaphore: Semaphore) => SharedPermits;

/**
 * A number of permits for all processes and threads that it is sent to: each `acquire` takes one, each `release` gives
 * one.
 *
 * Python's `multiprocessing.Semaphore`. The permits of a process that dies do not come back: nobody has names here.
 *
 * @param value - the permits at first. @default 1
 * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1, TypeError for what is no integer.
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const semaphore = new Semaphore(3);
 * semaphore.acquire();
 * console.log(semaphore.get_value()); // 2
 * semaphore.release();
 */
export class Semaphore extends blocking(AsyncSemaphore) {
  static readonly [REDUCE] = {
    reduce,
    rebuild: (state: SharedPermits): Semaphore =>
      new (Semaphore as new (permits: Permits) => Semaphore)(permitsOf(state)),
  };
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Python's `multiprocessing.BoundedSemaphore`.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const semaphore = new BoundedSemaphore(2);
 * console.log(String(semaphore)); // <BoundedSemaphore(value=2, maxvalue=2)>
 */
export class BoundedSemaphore extends Semaphore {
  static override readonly [REDUCE] = {
    reduce,
    rebuild: (state: SharedPermits): BoundedSemaphore =>
      new (BoundedSemaphore as new (permits: Permits) => BoundedSemaphore)(permitsOf(state)),
  };

  /**
   * @param value - the permits at first and at most. @default 1
   * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1, TypeError for what is no integer.
   */
  constructor(value?: number | SemaphoreKeywords);
  constructor(...args: unknown[]) {
    super(bounded(args));
  }

  /** `<BoundedSemaphore(value=1, maxvalue=1)>` */
  override toString(): string {
    return AsyncBoundedSemaphore.prototype.toString.call(this);
  }
}
