import type { Claims } from './claims';

const SENT = 0;
const TAKEN = 1;

/**
 * Claims in shared memory: two counters, of the claimable calls
 * ever sent to this worker, and of the claims taken. Both may wrap around: only
 * their difference counts.
 */
export class SharedClaims implements Claims {
  static readonly WORDS = 2;
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  add(n: number): void {
    Atomics.add(this.#words, SENT, n);
  }

  take(n: number): number {
    for (;;) {
      const taken = Atomics.load(this.#words, TAKEN);
      const got = Math.min(n, (Atomics.load(this.#words, SENT) - taken) | 0);
      if (got === 0) return 0;
      if (Atomics.compareExchange(this.#words, TAKEN, taken, (taken + got) | 0) === taken) return got;
    }
  }
}
