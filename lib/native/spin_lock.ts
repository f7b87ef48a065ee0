import type { Slots } from './slots';

/** Tries before the thread sleeps, and how long it does then, in milliseconds. */
const SPINS = 1000;
const NAP = 1;

const nap = new Int32Array(new SharedArrayBuffer(4));

/**
 * A lock in shared memory for what takes less than a microsecond. It holds the token of its owner: if that was killed
 * meanwhile, the next one goes on, so that what it protects must be whole after each step.
 */
export class SpinLock {
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #slots: Slots;

  constructor(words: Int32Array, word: number, slots: Slots) {
    this.#words = words;
    this.#word = word;
    this.#slots = slots;
  }

  acquire(): void {
    if (Atomics.compareExchange(this.#words, this.#word, 0, this.#slots.token) !== 0) this.#spin();
  }

  release(): void {
    Atomics.store(this.#words, this.#word, 0);
  }

  #spin(): void {
    const words = this.#words;
    const { token } = this.#slots;
    for (let tries = 1; ; tries++) {
      const owner = Atomics.compareExchange(words, this.#word, 0, token);
      if (owner === 0) return;
      if (tries % SPINS !== 0) continue;
      if (
        !this.#slots.isAlive(owner) &&
        Atomics.compareExchange(words, this.#word, owner, token) === owner
      )
        return;
      Atomics.wait(nap, 0, 0, NAP);
    }
  }
}
