import { now } from '../util/timers';
import { futexWait, futexWake } from './futex';
import type { Slots } from './slots';

/** Tries before the thread sleeps: longer than the lock is held by who is running. */
const SPINS = 100;
/** How long it sleeps at most, in milliseconds, before it looks whether the owner lives. */
const LOOK = 10;
/** Somebody may sleep until it is free. No token has this bit. */
const AWAITED = 1 << 30;

/**
 * One thread at a time, for some microseconds, without ever returning to the event loop: what protects shared data
 * from being half changed. Whoever is killed in the middle of it leaves it to the next, who is told. To wait for it
 * blocks the thread, in a futex: the owner may have lost the processor.
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
    if (Atomics.compareExchange(this.#words, this.#index, 0, this.#slots.token) === 0) return false;
    return this.#wait();
  }

  leave(): void {
    const held = Atomics.exchange(this.#words, this.#index, 0);
    if ((held & AWAITED) !== 0) futexWake(this.#words, this.#index, 1);
  }

  #wait(): boolean {
    const words = this.#words;
    const index = this.#index;
    const { token } = this.#slots;
    for (let tries = 1; tries < SPINS; tries++) {
      if (Atomics.compareExchange(words, index, 0, token) === 0) return false;
    }
    for (;;) {
      // Others may sleep as well: who comes in this way wakes the next one as it leaves.
      const held = Atomics.compareExchange(words, index, 0, token | AWAITED);
      if (held === 0) return false;
      const awaited = held | AWAITED;
      if (held !== awaited && Atomics.compareExchange(words, index, held, awaited) !== held) continue;
      const before = now();
      futexWait(words, index, awaited, LOOK);
      if (now() - before < LOOK || this.#slots.isAlive(held & ~AWAITED)) continue;
      if (Atomics.compareExchange(words, index, awaited, token | AWAITED) === awaited) return true;
    }
  }
}
