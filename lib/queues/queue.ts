import { REDUCE } from '../reduction/registry';
import { ready } from '../util/turn';
import type { QueueKeywords, Timeout } from './arguments';
import { orEmpty, orFull, QueueCore, type Outgoing, type QueueReducer } from './queue_core';
import { NOTHING, SharedQueue } from './shared_queue';

/**
 * Items from any process or thread to any other, first in, first out.
 *
 * Python's `multiprocessing.Queue`; it can be sent with any call, through another queue too, not only when a process
 * is started. Items go into shared memory at once: there is no thread that feeds a pipe later. So what cannot be sent
 * rejects `put` (Python prints a traceback and drops the item), an item does not change after it was put, the order
 * is one for all producers, and nothing is lost when a producer ends. Without `maxsize` it grows until the shared
 * memory ends.
 *
 * Any value can be put that can be an argument of a pool's task; a `SharedArrayBuffer` cannot.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @example
 * const queue = new Queue<number>();
 * const square = async (): Promise<void> => queue.put((await queue.get()) ** 2);
 * await queue.put(3);
 * await new Pool(1).apply(square);
 * console.log(await queue.get()); // 9
 */
export class Queue<T = unknown> extends QueueCore<T> {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: Queue) => queue.shared.share(),
    rebuild: (shared) => new Queue(SharedQueue.at(shared)),
  };

  /**
   * Resolves when the item is in the queue, as it was when this was called.
   *
   * @param obj - the item.
   * @param block - wait until there is room; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws Full when there was no room in time.
   * @throws PicklingError for what cannot be sent.
   * @throws ValueError after `close`.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T, block?: boolean | QueueKeywords, timeout?: Timeout): Promise<void>;
  put(...args: unknown[]): Promise<void> {
    try {
      const outgoing = this.outgoing(args);
      return this.shared.tryPutInTurn(outgoing.item) ? ready(undefined) : this.#waitToPut(outgoing);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #waitToPut({ item, lost, seconds }: Outgoing): Promise<void> {
    let fits = false;
    try {
      fits = await this.shared.waitToPut(item, seconds);
    } finally {
      if (!fits) lost();
    }
    orFull(fits);
  }

  /** As {@link Queue.put}, but blocks the thread: no promise and no timer of it goes on meanwhile. */
  putSync(obj: T, block?: boolean | QueueKeywords, timeout?: Timeout): void;
  putSync(...args: unknown[]): void {
    this.putBlocking(args);
  }

  /**
   * Takes the first item.
   *
   * @param block - wait until there is one; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws Empty when there was none in time.
   * @throws UnpicklingError for an item that cannot be made here: it is gone.
   * @throws ValueError after `close`.
   */
  get(block?: boolean | QueueKeywords, timeout?: Timeout): Promise<T>;
  get(...args: unknown[]): Promise<unknown> {
    try {
      const seconds = this.patience(args);
      const value = this.shared.tryGetInTurn();
      return value === NOTHING ? this.#waitToGet(seconds) : ready(value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #waitToGet(seconds: number | null): Promise<unknown> {
    return orEmpty(await this.shared.waitToGet(seconds));
  }

  /** As {@link Queue.get}, but blocks the thread: no promise and no timer of it goes on meanwhile. */
  getSync(block?: boolean | QueueKeywords, timeout?: Timeout): T;
  getSync(...args: unknown[]): T {
    return this.getBlocking(args);
  }

  /**
   * Resolves at once: what was put is in the queue. In Python it waits until the feeder thread has written it.
   *
   * @throws AssertionError before `close`.
   */
  join_thread(): Promise<void> {
    try {
      this.checkClosed();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
