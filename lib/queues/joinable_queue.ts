import { ValueError } from '../errors';
import { REDUCE } from '../reduction/registry';
import { Queue } from './queue';
import type { QueueReducer } from './queue_core';
import { SharedQueue } from './shared_queue';

/**
 * A queue that knows when all that was put is done.
 *
 * Python's `multiprocessing.JoinableQueue`, with the differences of {@link Queue}. An item that a process had taken
 * when it was killed is never done, as in Python.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const queue = new JoinableQueue<string>();
 * const print = async (): Promise<void> => {
 *   for (let line = await queue.get(); line !== ''; line = await queue.get()) {
 *     console.log(line);
 *     queue.task_done();
 *   }
 * };
 * const result = new Pool(1).apply_async(print);
 * for (const line of ['one', 'two']) await queue.put(line);
 * await queue.join();
 * await queue.put('');
 * await result.get();
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

  /** Resolves when every item that was put is done. */
  join(): Promise<void> {
    return this.shared.allDone();
  }

  /** As {@link JoinableQueue.join}, but blocks the thread: no promise and no timer of it goes on meanwhile. */
  joinSync(): void {
    this.shared.allDoneSync();
  }
}
