import { REDUCE } from '../reduction/registry';
import { ready } from '../util/turn';
import type { QueueReducer } from './queue_core';
import { NOTHING, SharedQueue } from './shared_queue';
import { SimpleQueueCore } from './simple_queue_core';

/**
 * Items from any process or thread to any other, with nothing but `get` and `put`.
 *
 * Python's `multiprocessing.SimpleQueue`; `put` never waits, as there is no pipe that could be full.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const queue = new SimpleQueue<string>();
 * await queue.put('hello');
 * console.log(await queue.get()); // hello
 */
export class SimpleQueue<T = unknown> extends SimpleQueueCore {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: SimpleQueue) => queue.shared.share(),
    rebuild: (shared) => new SimpleQueue(SharedQueue.at(shared)),
  };

  /**
   * Resolves when the item is in the queue, as it was when this was called.
   *
   * @throws PicklingError for what cannot be sent.
   * @throws OSError after `close`.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T): Promise<void>;
  put(...args: unknown[]): Promise<void> {
    try {
      this.putNow(args);
      return ready(undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves to the first item, when there is one.
   *
   * @throws UnpicklingError for an item that cannot be made here: it is gone.
   * @throws OSError after `close`.
   */
  get(): Promise<T>;
  get(): Promise<unknown> {
    try {
      this.checkOpen();
      const value = this.shared.tryGetInTurn();
      return value === NOTHING ? this.shared.waitToGet(null) : ready(value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As {@link SimpleQueue.get}, but blocks the thread: no promise and no timer of it goes on meanwhile. */
  getSync(): T;
  getSync(): unknown {
    return this.getBlocking();
  }

  /** As {@link SimpleQueue.put}, which never waits, but without a promise. */
  putSync(obj: T): void;
  putSync(...args: unknown[]): void {
    this.putNow(args);
  }
}
