import { AssertionError, OSError, ValueError } from '../errors';
import type { SharedBlock } from '../native/arena';
import type { EncodedItem } from '../reduction/items';
import { addressOf } from '../util/address';
import { journey } from '../util/journey';
import { checkMaxsize, itemOf, patienceOfGet, patienceOfPut } from './arguments';
import { Empty, Full } from './errors';
import { NOTHING, SharedQueue } from './shared_queue';

/** How queues of one class travel. */
export interface QueueReducer {
  readonly reduce: (queue: never) => SharedBlock;
  readonly rebuild: (shared: SharedBlock) => unknown;
}

/** What is to be put. */
export interface Outgoing {
  readonly item: EncodedItem;
  /** It does not get in. */
  readonly lost: () => void;
  /** How long it may wait; `null`: for ever. */
  readonly seconds: number | null;
}

/**
 * A queue without promises: what only looks, and what blocks. Those that promise and those that block give the
 * calls that wait their names.
 */
export abstract class QueueCore<T> {
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

  // ----------------------------------------------------------------- put

  /** @param args - those of `put`. @internal */
  protected outgoing(args: readonly unknown[]): Outgoing {
    const obj = itemOf('put', args);
    const seconds = args.length === 1 ? null : patienceOfPut(args.slice(1));
    return this.#outgoing(obj, seconds);
  }

  #outgoing(obj: unknown, seconds: number | null): Outgoing {
    this.#checkOpen();
    this.#isUsed = true;
    const { sent, lost } = journey(() => this.shared.encode(obj));
    return { item: sent, lost, seconds };
  }

  /** @param args - those of `put`. @internal */
  protected putBlocking(args: readonly unknown[]): void {
    const outgoing = this.outgoing(args);
    putNow(outgoing, (item) => this.shared.putSync(item, outgoing.seconds));
  }

  /**
   * Puts an item into the queue if there is room. Does not wait.
   *
   * @throws Full, PicklingError, ValueError, MemoryError as `put` does.
   */
  put_nowait(obj: T): void;
  put_nowait(...args: unknown[]): void {
    putNow(this.#outgoing(itemOf('put_nowait', args), 0), (item) => this.shared.tryPut(item));
  }

  // ----------------------------------------------------------------- get

  /** How long a call may wait. @param args - those of `get`. @internal */
  protected patience(args: readonly unknown[]): number | null {
    const seconds = patienceOfGet(args);
    this.#checkOpen();
    return seconds;
  }

  /** @param args - those of `get`. @internal */
  protected getBlocking(args: readonly unknown[]): T {
    return orEmpty(this.shared.getSync(this.patience(args))) as T;
  }

  /**
   * The first item, if there is one. Does not wait.
   *
   * @throws Empty, UnpicklingError, ValueError as `get` does.
   */
  get_nowait(): T {
    this.#checkOpen();
    return orEmpty(this.shared.tryGet()) as T;
  }

  // ---------------------------------------------------------------- look

  /** How many items are in it. It may be another number at once. */
  qsize(): number {
    return this.shared.size;
  }

  /**
   * Is nothing in it? It may be otherwise at once.
   *
   * @throws OSError after `close`, if something was put here before.
   */
  empty(): boolean {
    if (this.#isClosed && this.#isUsed) throw new OSError('handle is closed');
    return this.shared.size === 0;
  }

  /** Does nothing more fit in? It may be otherwise at once. */
  full(): boolean {
    return this.shared.isFull;
  }

  // --------------------------------------------------------------- close

  /** This object is no longer used; others of the same queue are, and what is in it stays. */
  close(): void {
    this.#isClosed = true;
  }

  /** Does nothing: no thread is waited for when the process ends. */
  cancel_join_thread(): void {
    // Kept so that ported scripts run unchanged.
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ValueError(`Queue ${this.toString()} is closed`);
  }

  /** @throws AssertionError @internal */
  protected checkClosed(): void {
    if (!this.#isClosed) throw new AssertionError(`Queue ${this.toString()} not closed`);
  }

  /** `<multiprocessing.queues.Queue object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.queues.${this.constructor.name} object at ${addressOf(this)}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function putNow({ item, lost }: Outgoing, put: (item: EncodedItem) => boolean): void {
  let fits = false;
  try {
    fits = put(item);
  } finally {
    if (!fits) lost();
  }
  orFull(fits);
}

/** @throws Full */
export function orFull(fits: boolean): void {
  if (!fits) throw new Full();
}

/** @throws Empty */
export function orEmpty(value: unknown): unknown {
  if (value === NOTHING) throw new Empty();
  return value;
}
