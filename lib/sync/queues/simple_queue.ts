import type { QueueReducer } from '../../queues/queue_core';
import { SharedQueue } from '../../queues/shared_queue';
import { SimpleQueueCore } from '../../queues/simple_queue_core';
import { REDUCE } from '../../reduction/registry';
import { look } from '../look';

/**
 * Items from any process or thread to any other, with nothing but `get` and `put`.
 *
 * Python's `multiprocessing.SimpleQueue`; `put` never waits, as there is no pipe that could be full.
 *
 * @example
 * const queue = new SimpleQueue<string>();
 * queue.put('hello');
 * console.log(queue.get()); // hello
 */
export class SimpleQueue<T = unknown> extends SimpleQueueCore {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: SimpleQueue) => queue.shared.share(),
    rebuild: (shared) => new SimpleQueue(SharedQueue.at(shared)),
  };

  /**
   * Puts an item into the queue. It does not change there.
   *
   * @throws PicklingError for what cannot be sent.
   * @throws OSError after `close`.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T): void;
  put(...args: unknown[]): void {
    this.putNow(args);
  }

  /**
   * Takes the first item, when there is one.
   *
   * @throws UnpicklingError for an item that cannot be made here: it is gone.
   * @throws OSError after `close`.
   */
  get(): T {
    return this.getBlocking() as T;
  }

  override empty(): boolean {
    return !look(() => !super.empty());
  }
}
