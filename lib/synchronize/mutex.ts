import { arena, type Block } from '../native/arena';
import { now } from '../util/timers';
import { OwnerDiedError } from './errors';

/** Who waits so long, in milliseconds, is let in before those who come later. */
const IMPATIENT = 2;
/** How often who waits looks whether the owner lives, in milliseconds. */
const LOOK = 50;

/** Words of the mutex in its block. */
const OWNER = 0;
/** Who goes first, because it has waited for long. */
const FIRST = 1;

/**
 * One holder at a time, in shared memory. The holder is a thread, named by its token, so that others can see whether
 * it lives. Whoever comes first gets it (that is fast), but nobody waits for long while others come and go.
 */
export class Mutex {
  readonly #block: Block;
  readonly #words: Int32Array;
  /** This thread. */
  readonly me: number;

  constructor(block: Block) {
    this.#block = block;
    this.#words = block.words;
    this.me = arena().slots.token;
  }

  /** The token of the holder; 0: nobody. */
  get owner(): number {
    return Atomics.load(this.#words, OWNER);
  }

  try(): boolean {
    const first = Atomics.load(this.#words, FIRST);
    if (first !== 0 && first !== this.me) return false;
    return Atomics.compareExchange(this.#words, OWNER, 0, this.me) === 0;
  }

  /** @throws OwnerDiedError when the holder has died. */
  acquire(seconds: number | null): Promise<boolean> {
    if (this.try()) return Promise.resolve(true);
    return seconds !== null && seconds <= 0 ? Promise.resolve(false) : this.#wait(seconds);
  }

  async #wait(seconds: number | null): Promise<boolean> {
    const attempt = this.#attempts();
    try {
      return await this.#block.wait(attempt, seconds);
    } finally {
      this.#stepBack();
    }
  }

  acquireSync(seconds: number | null): boolean {
    if (this.try()) return true;
    if (seconds !== null && seconds <= 0) return false;
    try {
      return this.#block.waitSync(this.#attempts(), seconds);
    } finally {
      this.#stepBack();
    }
  }

  /** Free for whoever comes. */
  release(): void {
    Atomics.store(this.#words, OWNER, 0);
    this.#block.notify();
  }

  #attempts(): () => boolean {
    const begin = now();
    let looked = begin;
    return () => {
      if (this.try()) return true;
      const time = now();
      if (time - begin > IMPATIENT) Atomics.compareExchange(this.#words, FIRST, 0, this.me);
      if (time - looked > LOOK) {
        looked = time;
        this.#look();
      }
      return false;
    };
  }

  /** Others may go first again. */
  #stepBack(): void {
    if (Atomics.compareExchange(this.#words, FIRST, this.me, 0) === this.me) this.#block.notify();
  }

  #look(): void {
    const { slots } = arena();
    const first = Atomics.load(this.#words, FIRST);
    if (first !== 0 && !slots.isAlive(first)) Atomics.compareExchange(this.#words, FIRST, first, 0);
    const owner = Atomics.load(this.#words, OWNER);
    if (owner === 0 || slots.isAlive(owner)) return;
    if (Atomics.compareExchange(this.#words, OWNER, owner, 0) !== owner) return;
    this.#block.notify();
    throw new OwnerDiedError('the process that held the lock has died');
  }
}
