import { OSError } from '../errors';
import { addressOf } from '../util/address';
import { signature } from '../util/keywords';
import { itemOf, UNBOUNDED } from './arguments';
import { SharedQueue } from './shared_queue';

const bind = signature({ name: 'SimpleQueue', defaults: () => ({}) });

/** A simple queue without promises, as `QueueCore`. */
export abstract class SimpleQueueCore {
  /** Not for users: what it is in shared memory. */
  protected readonly shared: SharedQueue;
  #isClosed = false;

  /** @param shared - not for users: where another process has made it. */
  constructor(shared?: SharedQueue);
  constructor(...args: [unknown?]) {
    const [first] = args;
    if (first instanceof SharedQueue) {
      this.shared = first;
      return;
    }
    bind(args);
    this.shared = SharedQueue.make(UNBOUNDED);
  }

  /** Never waits. @param args - those of `put`. @internal */
  protected putNow(args: readonly unknown[]): void {
    const obj = itemOf('put', args);
    this.checkOpen();
    this.shared.tryPut(this.shared.encode(obj));
  }

  /** @internal */
  protected getBlocking(): unknown {
    this.checkOpen();
    return this.shared.getSync(null);
  }

  /**
   * Is nothing in it? It may be otherwise at once.
   *
   * @throws OSError after `close`.
   */
  empty(): boolean {
    this.checkOpen();
    return this.shared.size === 0;
  }

  /** This object is no longer used; others of the same queue are, and what is in it stays. */
  close(): void {
    this.#isClosed = true;
  }

  /** @throws OSError @internal */
  protected checkOpen(): void {
    if (this.#isClosed) throw new OSError('handle is closed');
  }

  /** `<multiprocessing.queues.SimpleQueue object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.queues.SimpleQueue object at ${addressOf(this)}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
