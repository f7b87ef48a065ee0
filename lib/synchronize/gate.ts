import { arena, type Block } from '../native/arena';
import { now } from '../util/timers';
import { ready } from '../util/turn';
import { run, runSync, type Steps } from './steps';

/** Who waits so long, in milliseconds, is let in before those who come later. */
const IMPATIENT = 2;
/** How often who waits looks at the others, in milliseconds: whether they live. */
const LOOK = 50;

/** The word of every gate that holds the token of the thread that goes first, because it has waited for long. */
const FIRST = 1;

/**
 * Something that a few can have at a time, in shared memory. Whoever comes when it is there gets it, which is fast;
 * but nobody waits for long while others come and go: who is impatient reserves what is given back next.
 *
 * A reservation is no more than politeness: whoever dies with it, or does not come to take what is there, loses it.
 */
export abstract class Gate {
  readonly block: Block;
  protected readonly words: Int32Array;
  /** This thread. */
  protected readonly me: number;
  #looked = -Infinity;
  /** Those who wait in this thread. Its reservation is for the one who came first. */
  readonly #here = new Set<object>();
  /** Who had the reservation when we last looked and something was there. */
  #tardy = 0;

  constructor(block: Block) {
    this.block = block;
    this.words = block.words;
    this.me = arena().slots.token;
  }

  /** Takes one if more than so many are there. */
  protected abstract take(left: number): boolean;

  /** Is one there? */
  abstract get free(): boolean;

  /** Looks whether it can ever be given back. */
  protected examine(): void {
    // Nobody owns it, by default.
  }

  /** Takes one at once, if that is possible; what is reserved is left. */
  try(): boolean {
    return this.take(this.#first === 0 ? 0 : 1);
  }

  acquire(seconds: number | null): Promise<boolean> {
    return this.try() ? ready(true) : run(this.acquiring(seconds));
  }

  acquireSync(seconds: number | null): boolean {
    return this.try() || runSync(this.acquiring(seconds));
  }

  /** Takes one as soon as possible; false if that is not in time. */
  *acquiring(seconds: number | null): Steps<boolean> {
    if (seconds !== null && seconds <= 0) {
      this.#look(now());
      return this.try();
    }
    const who = {};
    this.#here.add(who);
    try {
      return (yield { on: this.block, attempt: this.#attempts(who), seconds }) as boolean;
    } finally {
      const wasFirst = this.#isFirstHere(who) && this.#reserved(this.me, 0);
      this.#here.delete(who);
      if (wasFirst && this.free) this.block.notify();
    }
  }

  get #first(): number {
    return Atomics.load(this.words, FIRST);
  }

  #attempts(who: object): () => boolean {
    const begin = now();
    return () => {
      const first = this.#first;
      if (this.take(first === 0 || (first === this.me && this.#isFirstHere(who)) ? 0 : 1)) return true;
      const time = now();
      if (time - begin > IMPATIENT && first === 0 && this.#isFirstHere(who)) this.#reserved(0, this.me);
      this.#look(time);
      return false;
    };
  }

  #isFirstHere(who: object): boolean {
    return this.#here.values().next().value === who;
  }

  /** Makes `after` of what was `before`. */
  #reserved(before: number, after: number): boolean {
    return Atomics.compareExchange(this.words, FIRST, before, after) === before;
  }

  #look(time: number): void {
    if (time - this.#looked < LOOK) return;
    this.#looked = time;
    const first = this.#first;
    const tardy = first !== 0 && first !== this.me && this.free;
    if (tardy && (first === this.#tardy || !arena().slots.isAlive(first))) {
      Atomics.compareExchange(this.words, FIRST, first, 0);
      this.block.notify();
    }
    this.#tardy = tardy ? first : 0;
    this.examine();
  }
}
