import { go, type Course, type Eventual } from '../../util/eventual';
import { BaseProxy, type OpenLane } from '../base_proxy';
import { acquireArguments, type AcquireKeywords } from './arguments';

/** Types that belong to whoever has acquired them; the others anybody may release. */
const OWNED = new Set(['RLock', 'Condition']);

/** Who holds an object that is owned: on a server of Python, a connection. */
export interface Holder {
  readonly lane: OpenLane;
  /** Acquired so often, or about to be. */
  count: number;
}

/** Something that is held until it is disposed of. */
export interface HeldRemotely extends AsyncDisposable {
  /** Gives it back, once. */
  release(): Promise<void>;
}

/**
 * A lock or a semaphore in a server: with the errors of Python's `threading`, where those of `multiprocessing` have
 * others. An RLock belongs to this thread, whatever functions in it acquire it.
 *
 * If the process that holds a lock dies, one of those who wait for it gets an `OwnerDiedError`, where Python waits for
 * ever.
 *
 * @example
 * const lock = await manager.Lock();
 * {
 *   await using _ = await lock.hold();
 *   // one at a time
 * }
 */
export class AcquirerProxy extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['acquire', 'locked', 'release'];

  #holder: Holder | null = null;

  /**
   * Waits until it is acquired. Resolves to false if it is not: at once without `blocking`, else after the timeout.
   *
   * @param blocking - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws ValueError for a timeout without `blocking`, or a negative one of a lock.
   * @throws OwnerDiedError when its holder has died; it is free again then.
   */
  acquire(keywords: AcquireKeywords): Promise<boolean>;
  acquire(blocking?: boolean, timeout?: number | null): Promise<boolean>;
  acquire(...given: unknown[]): Promise<boolean> {
    return this._run(() => go(this.#acquiring(given)));
  }

  *#acquiring(given: readonly unknown[]): Course<boolean> {
    const args = acquireArguments(given);
    if (!OWNED.has(this._token.typeid)) return (yield* this._calling('acquire', args)) as boolean;
    const holder = this.#holder ?? { lane: this._openLane(), count: 0 };
    let isAcquired = false;
    holder.count++;
    try {
      isAcquired = (yield* holder.lane.call('acquire', args)) as boolean;
    } finally {
      if (isAcquired) this.#holder = holder;
      else this.#leave(holder);
    }
    return isAcquired;
  }

  /**
   * Gives it back.
   *
   * @throws RuntimeError if it is not held; an RLock, if it is not held here.
   * @throws ValueError of a bounded semaphore that was not acquired so often.
   */
  release(): Promise<void> {
    return this._run(() => go(this.#releasing()));
  }

  *#releasing(): Course<void> {
    const holder = this.#holder;
    if (holder === null) {
      yield* this._calling('release');
      return;
    }
    yield* holder.lane.call('release');
    this.#leave(holder);
  }

  #leave(holder: Holder): void {
    if (--holder.count > 0) return;
    if (this.#holder === holder) this.#holder = null;
    holder.lane.end();
  }

  /** Is it held by anybody? Python's of 3.14. */
  locked(): Promise<boolean> {
    return this._callmethod('locked') as Promise<boolean>;
  }

  /** Python's `with lock:`: `await using _ = await lock.hold()`. */
  async hold(): Promise<HeldRemotely> {
    await this.acquire();
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased) return;
      isReleased = true;
      await this.release();
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  /** Calls as the holder, if there is one here. @internal */
  protected _callAsHolder(method: string, args: readonly unknown[]): Eventual<unknown> {
    return this.#holder === null ? this._calling(method, args) : this.#holder.lane.call(method, args);
  }

  /** As {@link _callAsHolder}; others in this thread may become holders meanwhile. @internal */
  protected *_waitAsHolder(args: readonly unknown[]): Course<unknown> {
    const holder = this.#holder;
    if (holder === null) return yield* this._calling('wait', args);
    this.#holder = null;
    try {
      return yield* holder.lane.call('wait', args);
    } finally {
      this.#holder = holder;
    }
  }
}
