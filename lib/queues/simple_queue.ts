import { OSError } from '../errors';
import { REDUCE } from '../reduction/registry';
import { signature } from '../util/keywords';
import { addressOf } from '../util/address';
import { itemOf, UNBOUNDED } from './arguments';
import type { QueueReducer } from './queue';
import { NOTHING, SharedQueue } from './shared_queue';
import { ready } from '../util/turn';

const bind = signature({ name: 'SimpleQueue', defaults: () => ({}) });

/**
 * Items from any process or thread to any other, with nothing but `get` and `put`.
 *
 * Python's `multiprocessing.SimpleQueue`; `put` never waits, as there is no pipe that could be full.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const queue = new SimpleQueue<string>();
 * await queue.put('hello');
 * console.log(await queue.get()); // hello
 */
export class SimpleQueue<T = unknown> {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: SimpleQueue) => queue.#shared.share(),
    rebuild: (shared) => new SimpleQueue(SharedQueue.at(shared)),
  };

  readonly #shared: SharedQueue;
  #isClosed = false;

  /** @param shared - not for users: where another process has made it. */
  constructor(shared?: SharedQueue);
  constructor(...args: [unknown?]) {
    const [first] = args;
    if (first instanceof SharedQueue) {
      this.#shared = first;
      return;
    }
    bind(args);
    this.#shared = SharedQueue.make(UNBOUNDED);
  }

  /**
   * Resolves when the item is in the queue, as it was when this was called.
   *
   * @throws PicklingError for what cannot be sent.
   * @throws OSError after {@link SimpleQueue.close}.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T): Promise<void>;
  put(...args: unknown[]): Promise<void> {
    try {
      const obj = itemOf('put', args);
      this.#checkOpen();
      this.#shared.tryPut(this.#shared.encode(obj));
      return ready(undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves to the first item, when there is one.
   *
   * @throws UnpicklingError for an item that cannot be made here: it is gone.
   * @throws OSError after {@link SimpleQueue.close}.
   */
  get(): Promise<T>;
  get(): Promise<unknown> {
    try {
      this.#checkOpen();
      const value = this.#shared.tryGetInTurn();
      return value === NOTHING ? this.#shared.waitToGet(null) : ready(value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As {@link SimpleQueue.get}, but blocks the thread: nothing else runs in it meanwhile. Not for the main thread. */
  getSync(): T;
  getSync(): unknown {
    this.#checkOpen();
    return this.#shared.getSync(null);
  }

  /** As {@link SimpleQueue.put}, which never waits, but without a promise. */
  putSync(obj: T): void;
  putSync(...args: unknown[]): void {
    const obj = itemOf('put', args);
    this.#checkOpen();
    this.#shared.tryPut(this.#shared.encode(obj));
  }

  /**
   * Is nothing in it? It may be otherwise at once.
   *
   * @throws OSError after {@link SimpleQueue.close}.
   */
  empty(): boolean {
    this.#checkOpen();
    return this.#shared.size === 0;
  }

  /** This object is no longer used; others of the same queue are, and what is in it stays. */
  close(): void {
    this.#isClosed = true;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new OSError('handle is closed');
  }

  /** `<multiprocessing.queues.SimpleQueue object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.queues.SimpleQueue object at ${addressOf(this)}>`;
  }
}
