import { AssertionError, OSError, ValueError } from '../errors';
import type { SharedBlock } from '../native/arena';
import type { EncodedItem } from '../reduction/items';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { journey } from '../util/journey';
import { checkMaxsize, itemOf, patienceOfGet, patienceOfPut, type QueueKeywords } from './arguments';
import { Empty, Full } from './errors';
import { NOTHING, SharedQueue } from './shared_queue';
import { ready } from '../util/turn';

/** Seconds, by position or by name. */
type Timeout = number | null | Pick<QueueKeywords, 'timeout'>;

/** How queues of one class travel. */
export interface QueueReducer {
  readonly reduce: (queue: never) => SharedBlock;
  readonly rebuild: (shared: SharedBlock) => unknown;
}

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
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const queue = new Queue<number>();
 * const square = async (): Promise<void> => queue.put((await queue.get()) ** 2);
 * await queue.put(3);
 * await new Pool(1).apply(square);
 * console.log(await queue.get()); // 9
 */
export class Queue<T = unknown> {
  static readonly [REDUCE]: QueueReducer = {
    reduce: (queue: Queue) => queue.shared.share(),
    rebuild: (shared) => new Queue(SharedQueue.at(shared)),
  };

  /** Not for users: what it is in shared memory. */
  protected readonly shared: SharedQueue;
  #isClosed = false;
  /** Something was put by this object. */
  #isUsed = false;

  /**
   * @param maxsize - so many items fit in. @default any number
   * @throws TypeError or OverflowError for what is no 32-bit integer.
   */
  constructor(maxsize?: number | { readonly maxsize?: number });
  /** Not for users: where another process has made it. */
  constructor(shared: SharedQueue);
  constructor(...args: [unknown?]) {
    const [first] = args;
    this.shared =
      first instanceof SharedQueue ? first : SharedQueue.make(checkMaxsize(new.target.name, args));
  }

  /**
   * Resolves when the item is in the queue, as it was when this was called.
   *
   * @param obj - the item.
   * @param block - wait until there is room; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws Full when there was no room in time.
   * @throws PicklingError for what cannot be sent.
   * @throws ValueError after {@link Queue.close}.
   * @throws MemoryError when there is no memory left.
   */
  put(obj: T, block?: boolean | QueueKeywords, timeout?: Timeout): Promise<void>;
  put(...args: unknown[]): Promise<void> {
    try {
      const obj = itemOf('put', args);
      const seconds = args.length === 1 ? null : patienceOfPut(args.slice(1));
      this.#checkOpen();
      this.#isUsed = true;
      const { sent, lost } = journey(() => this.shared.encode(obj));
      return this.shared.tryPutInTurn(sent) ? ready(undefined) : this.#waitToPut(sent, seconds, lost);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #waitToPut(item: EncodedItem, seconds: number | null, lost: () => void): Promise<void> {
    let fits = false;
    try {
      fits = await this.shared.waitToPut(item, seconds);
    } finally {
      if (!fits) lost();
    }
    orFull(fits);
  }

  #putNow(obj: unknown, put: (item: EncodedItem) => boolean): void {
    const { sent, lost } = journey(() => this.shared.encode(obj));
    let fits = false;
    try {
      fits = put(sent);
    } finally {
      if (!fits) lost();
    }
    orFull(fits);
  }

  /** As {@link Queue.put}, but blocks the thread: nothing else runs in it meanwhile. Not for the main thread. */
  putSync(obj: T, block?: boolean | QueueKeywords, timeout?: Timeout): void;
  putSync(...args: unknown[]): void {
    const obj = itemOf('put', args);
    const seconds = patienceOfPut(args.slice(1));
    this.#checkOpen();
    this.#isUsed = true;
    this.#putNow(obj, (item) => this.shared.putSync(item, seconds));
  }

  /**
   * Puts an item into the queue if there is room. Neither waits nor returns a promise.
   *
   * @throws Full, PicklingError, ValueError, MemoryError as {@link Queue.put} rejects.
   */
  put_nowait(obj: T): void;
  put_nowait(...args: unknown[]): void {
    const obj = itemOf('put_nowait', args);
    this.#checkOpen();
    this.#isUsed = true;
    this.#putNow(obj, (item) => this.shared.tryPut(item));
  }

  /**
   * Takes the first item.
   *
   * @param block - wait until there is one; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws Empty when there was none in time.
   * @throws UnpicklingError for an item that cannot be made here: it is gone.
   * @throws ValueError after {@link Queue.close}.
   */
  get(block?: boolean | QueueKeywords, timeout?: Timeout): Promise<T>;
  get(...args: unknown[]): Promise<unknown> {
    try {
      const seconds = patienceOfGet(args);
      this.#checkOpen();
      const value = this.shared.tryGetInTurn();
      return value === NOTHING ? this.#waitToGet(seconds) : ready(value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #waitToGet(seconds: number | null): Promise<unknown> {
    return orEmpty(await this.shared.waitToGet(seconds));
  }

  /** As {@link Queue.get}, but blocks the thread: nothing else runs in it meanwhile. Not for the main thread. */
  getSync(block?: boolean | QueueKeywords, timeout?: Timeout): T;
  getSync(...args: unknown[]): unknown {
    const seconds = patienceOfGet(args);
    this.#checkOpen();
    return orEmpty(this.shared.getSync(seconds));
  }

  /**
   * The first item, if there is one. Neither waits nor returns a promise.
   *
   * @throws Empty, UnpicklingError, ValueError as {@link Queue.get} rejects.
   */
  get_nowait(): T {
    this.#checkOpen();
    return orEmpty(this.shared.tryGet()) as T;
  }

  /** How many items are in it. It may be another number at once. */
  qsize(): number {
    return this.shared.size;
  }

  /**
   * Is nothing in it? It may be otherwise at once.
   *
   * @throws OSError after {@link Queue.close}, if something was put here before.
   */
  empty(): boolean {
    if (this.#isClosed && this.#isUsed) throw new OSError('handle is closed');
    return this.shared.size === 0;
  }

  /** Does nothing more fit in? It may be otherwise at once. */
  full(): boolean {
    return this.shared.isFull;
  }

  /** This object is no longer used; others of the same queue are, and what is in it stays. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Resolves at once: what was put is in the queue. In Python it waits until the feeder thread has written it.
   *
   * @throws AssertionError before {@link Queue.close}.
   */
  join_thread(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return Promise.reject(new AssertionError(`Queue ${this.toString()} not closed`));
  }

  /** Does nothing: no thread is waited for when the process ends. */
  cancel_join_thread(): void {
    // Kept so that ported scripts run unchanged.
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ValueError(`Queue ${this.toString()} is closed`);
  }

  /** `<multiprocessing.queues.Queue object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.queues.${this.constructor.name} object at ${addressOf(this)}>`;
  }
}

function orFull(fits: boolean): void {
  if (!fits) throw new Full();
}

function orEmpty(value: unknown): unknown {
  if (value === NOTHING) throw new Empty();
  return value;
}
