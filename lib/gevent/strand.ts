import { AsyncLocalStorage } from 'node:async_hooks';
import type { Greenlet } from './greenlet';

/** Ends an open wait with an error, or passes the error on to what is waited for. */
export type Interrupt = (error: unknown) => void;

/** Begins a wait: settles it later by one of the two, and returns how to interrupt it. */
export type Begin<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => Interrupt;

const strands = new AsyncLocalStorage<Strand>();

/**
 * A line of execution into which an error can be thrown from outside: what a greenlet runs, what `with_timeout` runs
 * inside one, or all that runs outside of greenlets.
 *
 * JavaScript cannot interrupt a function. What it awaits of ours can be rejected, though: so a strand knows its open
 * waits. One that has none awaits a foreign promise and is out of reach; it is told at its next wait.
 */
export class Strand {
  /** Whose it is; `null` outside of greenlets. */
  readonly greenlet: Greenlet | null;
  readonly #open = new Set<{ readonly interrupt: Interrupt }>();
  readonly #owed = new Set<unknown>();

  constructor(greenlet: Greenlet | null) {
    this.greenlet = greenlet;
  }

  /** Calls `fn`; it and all that it begins belong to this strand. */
  run<R>(fn: () => R): R {
    return strands.run(this, fn);
  }

  /**
   * Waits interruptibly. The promise may be left alone: an error thrown into it is no unhandled rejection.
   */
  wait<T>(begin: Begin<T>): Promise<T> {
    const owed = this.#takeOwed();
    const promise = owed === null ? this.#begin(begin) : Promise.reject<T>(owed.error);
    promise.catch(() => undefined);
    return promise;
  }

  #begin<T>(begin: Begin<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const wait = { interrupt: reject };
      this.#open.add(wait);
      wait.interrupt = begin(
        (value) => {
          this.#open.delete(wait);
          resolve(value);
        },
        (error) => {
          this.#open.delete(wait);
          reject(error);
        },
      );
    });
  }

  /** Throws `error` into every open wait; false if there is none. */
  throw(error: unknown): boolean {
    if (this.#open.size === 0) return false;
    for (const wait of [...this.#open]) wait.interrupt(error);
    return true;
  }

  /** Throws `error` into the next wait: for when there is none. */
  owe(error: unknown): void {
    this.#owed.add(error);
  }

  forgive(error: unknown): void {
    this.#owed.delete(error);
  }

  #takeOwed(): { readonly error: unknown } | null {
    for (const error of this.#owed) {
      this.#owed.delete(error);
      return { error };
    }
    return null;
  }
}

/** The strand of all that runs outside of greenlets. */
export const MAIN = new Strand(null);

/** The strand that runs now. */
export function currentStrand(): Strand {
  return strands.getStore() ?? MAIN;
}
