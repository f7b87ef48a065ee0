import { Block, type SharedBlock } from '../../native/arena';
import { REDUCE } from '../../reduction/registry';
import type { WaitKeywords } from '../../synchronize/acquiring';
import { Event as AsyncEvent } from '../../synchronize/event';

const Base = AsyncEvent as unknown as new () => Omit<AsyncEvent, 'wait' | 'waitSync'>;
const asyncOf = (event: Event): AsyncEvent => event as unknown as AsyncEvent;

/**
 * A flag that processes and threads can wait for.
 *
 * Python's `multiprocessing.Event`; whoever waits while it is set hears of it, even if it is cleared at once.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const event = new Event();
 * const result = new Pool(1).apply_async(() => event.set());
 * console.log(event.wait(5)); // true
 */
export class Event extends Base {
  static readonly [REDUCE] = {
    reduce: AsyncEvent[REDUCE].reduce as unknown as (event: Event) => SharedBlock,
    rebuild: (shared: SharedBlock): Event => new (Event as new (block: Block) => Event)(Block.at(shared)),
  };

  /**
   * True when it is set, false if it is not in time. Results of pools arrive and callbacks run meanwhile.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws TypeError for a timeout that is no number.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
   */
  wait(timeout?: number | null | WaitKeywords): boolean;
  wait(...args: []): boolean {
    return asyncOf(this).waitSync(...args);
  }
}
