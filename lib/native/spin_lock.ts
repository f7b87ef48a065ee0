import type { Slots } from './slots';

/** Tries before the thread sleeps, and how long it does then, in milliseconds. */
const SPINS = 1000;
const NAP = 1;

/**
 * One thread at a time, for some microseconds, without ever returning to the event loop: what protects shared data
 * from being half changed. Whoever is killed in the middle of it leaves it to the next, who is told.
 */
export class SpinLock {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #slots: Slots;

  /** @param index - the word that holds the token of who is inside. */
  constructor(words: Int32Array, index: number, slots: Slots) {
    this.#words = words;
    this.#index = index;
    this.#slots = slots;
  }

  /** @returns true if the last one has died inside: what it was doing is half done. */
  enter(): boolean {
    const { token } = this.#slots;
    for (let tries = 1; ; tries++) {
      const owner = Atomics.compareExchange(this.#words, this.#index, 0, token);
      if (owner === 0) return false;
      if (tries % SPINS !== 0) continue;
      if (!this.#slots.isAlive(owner)) {
        if (Atomics.compareExchange(this.#words, this.#index, owner, token) === owner) return true;
      }
      Atomics.wait(NAPPING, 0, 0, NAP);
    }
  }

  leave(): void {
    Atomics.store(this.#words, this.#index, 0);
  }
}

const NAPPING = new Int32Array(new SharedArrayBuffer(4));
