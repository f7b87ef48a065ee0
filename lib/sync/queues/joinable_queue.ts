import { ValueError } from '../../errors';
import type { QueueReducer } from '../../queues/queue_core';
import { SharedQueue } from '../../queues/shared_queue';
import { REDUCE } from '../../reduction/registry';
import { Queue } from './queue';

/**
 * A queue that knows when all that was put is done.
 *
 * Python's `multiprocessing.JoinableQueue`, with the differences of {@link Queue}. An item that a process had taken
 * when it was killed is never done, as in Python.
 *
 * @example
 * const queue = new JoinableQueue<string>();
 * const print = (): void => {
 *   for (let line = queue.get(); line !== ''; line = queue.get()) {
 *     console.log(line);
 *     queue.task_done();
 *   }
 * };
 * const result = new Pool(1).apply_async(print);
 * for (const line of ['one', 'two']) queue.put(line);
 * queue.join();
 * queue.put('');
 * result.get();
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  static override readonly [REDUCE]: QueueReducer = {
    reduce: (queue: JoinableQueue) => queue.shared.share(),
    rebuild: (shared) => new JoinableQueue(SharedQueue.at(shared)),
  };

  /**
   * One of the items that were taken is done.
   *
   * @throws ValueError if it is said more often than items were put.
   */
  task_done(): void {
    if (!this.shared.done()) throw new ValueError('task_done() called too many times');
  }

  /** Returns when every item that was put is done. */
  join(): void {
    this.shared.allDoneSync();
  }
}
