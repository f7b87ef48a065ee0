import { TimeoutError } from '../errors';
import { after } from '../util/after';
import type { Callbacks } from './callbacks';

export type Callback<T> = (value: T) => unknown;
export type ErrorCallback = (error: unknown) => unknown;

/** The callbacks of one call, and the queue of its pool in which they run. */
export interface Handlers<T> {
  readonly queue: Callbacks;
  readonly callback: Callback<T> | null;
  readonly error_callback: ErrorCallback | null;
}

const PENDING = 0;
const RETURNED = 1;
const FAILED = 2;

/**
 * What becomes of one call: pending, then its value or its error, once. Whoever
 * waits for it is told when its callback has run.
 */
export class Outcome<T> {
  readonly #handlers: Handlers<T> | null;
  #state: typeof PENDING | typeof RETURNED | typeof FAILED = PENDING;
  #value: unknown = undefined;
  #waiters: (() => void)[] | null = null;

  constructor(handlers: Handlers<T> | null) {
    this.#handlers = handlers;
  }

  get ready(): boolean {
    return this.#state !== PENDING;
  }

  get successful(): boolean {
    return this.#state === RETURNED;
  }

  complete(value: T): void {
    const handlers = this.#handlers;
    if (!handlers?.callback) this.#settle(RETURNED, value);
    else {
      handlers.queue.run({
        callback: handlers.callback as Callback<unknown>,
        value,
        after: () => {
          this.#settle(RETURNED, value);
        },
      });
    }
  }

  fail(error: unknown): void {
    const handlers = this.#handlers;
    if (!handlers?.error_callback) this.#settle(FAILED, error);
    else {
      handlers.queue.run({
        callback: handlers.error_callback,
        value: error,
        after: () => {
          this.#settle(FAILED, error);
        },
      });
    }
  }

  /** The value without its callbacks: what Python does for an empty map. */
  completeSilently(value: T): void {
    this.#settle(RETURNED, value);
  }

  #settle(state: typeof RETURNED | typeof FAILED, value: unknown): void {
    this.#state = state;
    this.#value = value;
    const waiters = this.#waiters;
    this.#waiters = null;
    if (waiters !== null) for (const wake of waiters) wake();
  }

  /**
   * The value of what is ready.
   *
   * @throws the error, if that is what became of it.
   */
  take(): T {
    if (this.#state === FAILED) throw this.#value;
    return this.#value as T;
  }

  /** The value, or the error as a rejection. */
  get(timeout: number | null): Promise<T> {
    if (timeout !== null && this.#state === PENDING) return this.#getInTime(timeout);
    // Written out: twenty thousand results are often awaited at once, and an async function makes three promises.
    return new Promise((resolve, reject) => {
      const give = (): void => {
        if (this.#state === RETURNED) resolve(this.#value as T);
        else reject(this.#value);
      };
      if (this.#state === PENDING) (this.#waiters ??= []).push(give);
      else give();
    });
  }

  async #getInTime(timeout: number): Promise<T> {
    if (!(await this.wait(timeout))) throw new TimeoutError();
    return await this.get(null);
  }

  /** Resolves when ready (true) or after `timeout` seconds (false). */
  wait(timeout: number | null): Promise<boolean> {
    if (this.#state !== PENDING) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiters = (this.#waiters ??= []);
      if (timeout === null) {
        waiters.push(() => {
          resolve(true);
        });
        return;
      }
      const wake = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = after(Math.max(0, timeout), () => {
        const at = this.#waiters?.indexOf(wake) ?? -1;
        if (at >= 0) this.#waiters?.splice(at, 1);
        resolve(this.#state !== PENDING);
      });
      waiters.push(wake);
    });
  }
}
