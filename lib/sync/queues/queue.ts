import { itemOf, type QueueKeywords, type Timeout } from '../../queues/arguments';
import { QueueCore, type QueueReducer } from '../../queues/queue_core';
import { SharedQueue } from '../../queues/shared_queue';
import { REDUCE } from '../../reduction/registry';
import { look } from '../look';

/**
 * Items from any process or thread to any other, first in, first out.
 *
 * Python's `multiprocessing.Queue`; it can be sent with any call, through another queue too, and blocks wherever it
 * arrives. Items go into shared memory at once, without a feeder thread: so what cannot be sent throws at `put`, and
 * nothing is lost when a producer ends.
 *
 * @example
 * const queue = new Queue<number>();
 * const square = (): void => queue.put(queue.get() ** 2);
 * queue.put(3);
 * new Pool(1).apply(square);
 * console.log(queue.get()); // 9
 */
export class Queue<T = unknown> extends QueueCore<T> {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: Queue) => queue.shared.share(),
    rebuild: (shared) => new Queue(SharedQueue.at(shared)),
  };

  /**
   * Puts an item into the queue. It does not change there.
   *
   * @param obj - the item.
   * @param block - wait until there is room; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws Full when there was no room in time.
   * @throws PicklingError for what cannot be sent.
   * @throws ValueError after `close`.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T, block?: boolean | QueueKeywords, timeout?: Timeout): void;
  put(...args: unknown[]): void {
    this.putBlocking(args);
  }

  override put_nowait(obj: T): void;
  override put_nowait(...args: unknown[]): void {
    this.putBlocking([itemOf('put_nowait', args), false]);
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
  get(block?: boolean | QueueKeywords, timeout?: Timeout): T;
  get(...args: unknown[]): T {
    return this.getBlocking(args);
  }

  override get_nowait(): T {
    return this.getBlocking([false]);
  }

  override qsize(): number {
    look(() => false);
    return super.qsize();
  }

  override empty(): boolean {
    return !look(() => !super.empty());
  }

  override full(): boolean {
    return look(() => super.full());
  }

  /**
   * Returns at once: what was put is in the queue. In Python it waits until the feeder thread has written it.
   *
   * @throws AssertionError before `close`.
   */
  join_thread(): void {
    this.checkClosed();
  }
}
