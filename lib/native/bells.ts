import { futexWait, futexWake } from './futex';
import { BUCKET_WORDS, SLOT_WORDS, Slot } from './layout';
import { idOf, type Slots } from './slots';

/** What became of a ring. */
export const Ring = {
  Now: 0,
  /** It had been rung, and has not looked since. */
  Before: 1,
  Dead: 2,
} as const;
export type RingId = (typeof Ring)[keyof typeof Ring];

/** What wakes the event loop of this thread. */
export interface HungBell {
  /** It keeps the thread alive from now on. */
  ref(): unknown;
  unref(): unknown;
}

/** How threads tell each other that something has changed. A thread that sleeps is woken by a futex, one on its event loop by its bell. */
export abstract class Bells {
  protected readonly slots: Slots;

  constructor(slots: Slots) {
    this.slots = slots;
  }

  // ------------------------------------------------------------ who is rung

  /** Hangs this thread's bell up, for its event loop: it has none yet. It does not keep the thread alive. */
  abstract hang(heard: () => void): HungBell;

  /** The descriptor of the bell that hangs here, if it has one. */
  abstract readonly fd: number;

  /** It cannot be listened to beside other things. */
  abstract readonly isDeaf: boolean;

  /** Reads the bell empty, where the event loop does not. */
  abstract silence(): void;

  /** Rings the bell of another thread, which has one. */
  protected abstract strike(id: number, token: number): RingId;

  /** The bell was heard; it may be rung again. */
  heard(): void {
    this.slots.store(this.slots.id, Slot.Rung, 0);
  }

  /** Sleeps until the bell is rung, or so many milliseconds. Blocks the thread. */
  sleep(milliseconds: number): void {
    const { id, words } = this.slots;
    const word = id * SLOT_WORDS + Slot.Rung;
    this.slots.store(id, Slot.Asleep, 1);
    futexWait(words, word, 0, milliseconds);
    this.slots.store(id, Slot.Asleep, 0);
    this.heard();
  }

  /** This thread waits for something in the bucket, or no more. */
  enlist(bucket: number, on: boolean): void {
    const { id, buckets } = this.slots;
    const word = bucket * BUCKET_WORDS + (id >> 5);
    const bit = 1 << (id & 31);
    if (on) Atomics.or(buckets, word, bit);
    else Atomics.and(buckets, word, ~bit);
  }

  // -------------------------------------------------------------- who rings

  /** Rings all others who wait for something in the bucket. */
  ring(bucket: number): void {
    const { id: own, buckets, used } = this.slots;
    const words = (used + 31) >> 5;
    for (let i = 0; i < words; i++) {
      let bits = Atomics.load(buckets, bucket * BUCKET_WORDS + i);
      while (bits !== 0) {
        const lowest = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const id = i * 32 + lowest;
        if (id !== own) this.#ring(id);
      }
    }
  }

  isOwn(token: number): boolean {
    return token === this.slots.token;
  }

  /** Rings whoever has this token: another thread. */
  ringOne(token: number): RingId {
    const id = idOf(token);
    return this.slots.load(id, Slot.Token) === token ? this.#ring(id) : Ring.Dead;
  }

  #ring(id: number): RingId {
    const { slots } = this;
    if (Atomics.exchange(slots.words, id * SLOT_WORDS + Slot.Rung, 1) !== 0) return Ring.Before;
    const token = slots.load(id, Slot.Token);
    if (slots.load(id, Slot.Asleep) !== 0) {
      if (this.wake(id) > 0) return Ring.Now;
      // About to fall asleep, or just awake: then it looks. Or it was killed in its sleep.
      return slots.isAlive(token) ? Ring.Now : Ring.Dead;
    }
    if (token <= 0) return Ring.Dead;
    return slots.load(id, Slot.Bell) === 0 ? Ring.Now : this.strike(id, token);
  }

  /** Wakes who sleeps until its bell is rung. Tells how many did. */
  protected wake(id: number): number {
    return futexWake(this.slots.words, id * SLOT_WORDS + Slot.Rung);
  }
}
