import { AttributeError, RuntimeError } from '../../errors';
import { type_name } from '../../util/repr';
import { currentCaller, type Caller } from '../caller';
import { CallerEndedError, LATE, Line } from './line';
import { Lock, RLock, type Mutex } from './mutex';
import { numberOf, secondsOf } from './patience';
import { referentOf } from './referent_of';

/** Python's `threading.Condition`. A notification for somebody who is gone before it goes on wakes the next one. */
export class Condition {
  static readonly parameters = {
    __init__: ['lock'],
    acquire: ['blocking', 'timeout'],
    wait: ['timeout'],
    notify: ['n'],
  };

  readonly #lock: Mutex;
  readonly #line = new Line();

  /** @param lock - one of the same server, or its proxy. @default an RLock of its own */
  constructor(lock: unknown = null) {
    const held = lock === null ? new RLock() : referentOf(lock);
    if (!(held instanceof Lock || held instanceof RLock)) {
      throw new AttributeError(`'${type_name(held)}' object has no attribute 'acquire'`);
    }
    this.#lock = held;
  }

  acquire(blocking?: unknown, timeout?: unknown): Promise<boolean> {
    return this.#lock.acquire(blocking, timeout);
  }

  release(): void {
    this.#lock.release();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  /** Python's `wait(timeout=None)`: false after that time. */
  async wait(timeout: unknown = null): Promise<boolean> {
    const caller = currentCaller();
    if (!this.#lock._isOwned(caller)) throw new RuntimeError('cannot wait on un-acquired lock');
    const seconds = secondsOf(timeout);
    const woken = this.#line.wait(caller, seconds);
    const count = this.#lock._releaseAll();
    const isWoken = (await woken) !== LATE;
    try {
      await this.#lock._restore(caller, count);
    } catch (error) {
      if (isWoken && error instanceof CallerEndedError) this.#line.first()?.resolve();
      throw error;
    }
    return isWoken;
  }

  notify(n: unknown = 1): void {
    this.#checkNotify();
    const count = numberOf(n, '<=');
    for (let i = 0; i < count; i++) {
      const next = this.#line.first();
      if (next === undefined) return;
      next.resolve();
    }
  }

  notify_all(): void {
    this.#checkNotify();
    this.#line.tellAll();
  }

  #checkNotify(): void {
    if (!this.#lock._isOwned(currentCaller())) {
      throw new RuntimeError('cannot notify on un-acquired lock');
    }
  }

  callerEnded(caller: Caller): void {
    this.#line.callerEnded(caller);
    this.#lock.callerEnded(caller);
  }

  __repr__(): string {
    return `<Condition(${this.#lock.__repr__()}, ${this.#line.length})>`;
  }
  toString(): string {
    return this.__repr__();
  }
}
