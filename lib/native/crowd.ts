import { arena } from './arena';
import { Ring } from './bells';

/** Words that a crowd takes. */
export const CROWD_WORDS = 32;
/** A bit for each entry that is taken. */
const TAKEN = 0;
/** How many came when all were taken. */
const OTHERS = 1;
const ENTRIES = 2;
const COUNT = CROWD_WORDS - ENTRIES;

/**
 * Threads that wait for the same thing, which is for one of them only: an item, a place. One is rung for each; it has
 * to ring the next one if there is more. So whoever stops waiting, with or without what it waited for, looks whether
 * there is some left, and says so by {@link Crowd.notifyOne}.
 *
 * Those who wait have entries with their tokens. Whoever finds none is rung with all the others.
 */
export class Crowd {
  readonly #words: Int32Array;
  readonly #first: number;
  /** Where those wait who have no entry. */
  readonly #offset: number;
  /** This thread's entry; -1: it waits without. */
  #entry = -1;
  /** Not always the same one is rung. */
  #turn = 0;

  /**
   * @param first - the word where it begins.
   * @param offset - an address of its own: see {@link Waiting.wait}.
   */
  constructor(words: Int32Array, first: number, offset: number) {
    this.#words = words;
    this.#first = first;
    this.#offset = offset;
  }

  /** Waits until `attempt` says yes: see {@link Waiting.wait}. */
  wait(attempt: () => boolean, seconds: number | null): Promise<boolean> {
    return arena().waiting.wait(this, attempt, seconds);
  }

  /** As {@link Crowd.wait}, but blocks the thread. */
  waitSync(attempt: () => boolean, seconds: number | null): boolean {
    return arena().waiting.waitSync(this, attempt, seconds);
  }

  /** There is something for one of them. */
  notifyOne(): void {
    const taken = Atomics.load(this.#words, this.#first + TAKEN);
    if (taken !== 0 && this.#ringOne(taken)) return;
    if (Atomics.load(this.#words, this.#first + OTHERS) > 0) arena().waiting.notify(this.#offset);
  }

  #ringOne(taken: number): boolean {
    const { waiting } = arena();
    const turn = this.#turn++;
    for (let i = 0; i < COUNT; i++) {
      const entry = (turn + i) % COUNT;
      if ((taken & (1 << entry)) === 0) continue;
      const word = this.#first + ENTRIES + entry;
      const token = Atomics.load(this.#words, word);
      // Nobody yet: who comes tries once more.
      if (token === 0) continue;
      const ring = waiting.ringOne(token);
      if (ring === Ring.Now) return true;
      if (ring === Ring.Dead && Atomics.compareExchange(this.#words, word, token, 0) === token) {
        Atomics.and(this.#words, this.#first + TAKEN, ~(1 << entry));
      }
    }
    return false;
  }

  /** This thread waits from now on. */
  enter(): void {
    for (let entry = 0; entry < COUNT; entry++) {
      const bit = 1 << entry;
      if ((Atomics.or(this.#words, this.#first + TAKEN, bit) & bit) !== 0) continue;
      Atomics.store(this.#words, this.#first + ENTRIES + entry, arena().slots.token);
      this.#entry = entry;
      return;
    }
    Atomics.add(this.#words, this.#first + OTHERS, 1);
    arena().waiting.enter(this.#offset);
  }

  /** This thread waits no more. */
  leave(): void {
    const entry = this.#entry;
    if (entry < 0) {
      arena().waiting.leave(this.#offset);
      Atomics.sub(this.#words, this.#first + OTHERS, 1);
      return;
    }
    this.#entry = -1;
    Atomics.store(this.#words, this.#first + ENTRIES + entry, 0);
    Atomics.and(this.#words, this.#first + TAKEN, ~(1 << entry));
  }
}
