import { NotImplementedError, RuntimeError } from '../util/exceptions';
import { BUCKET_WORDS, BUCKETS, BUCKETS_AT, Head, SLOT_WORDS, Slot, SLOTS, SLOTS_AT } from './layout';
import type { Lives } from './lives';
import type { Mapping } from './mapping';

const GENERATIONS = 1 << 20;
/** Who moves in looks at so many slots whether their holders live: so the dead are never many. */
const SWEEP = 8;

/**
 * Who takes part in the shared memory: each thread that uses it has a slot with its name, its bell and its life. A
 * token names a slot and its holder: it fits in a word, is never 0, and is not used again soon.
 *
 * Nobody leaves its slot by itself: handlers of 'exit' may still hold a lock, whose owner would then seem dead. The
 * system tells who has ended.
 */
export class Slots {
  readonly words: Int32Array;
  /** For each bucket of addresses a bit for each slot: who waits there. */
  readonly buckets: Int32Array;
  readonly #head: Int32Array;
  /** This thread's own. */
  readonly id: number;
  readonly token: number;
  readonly #lives: Lives;

  /** @throws RuntimeError when all slots are taken. */
  constructor(mapping: Mapping, lives: Lives) {
    this.words = mapping.words(SLOTS_AT, SLOTS * SLOT_WORDS);
    this.buckets = mapping.words(BUCKETS_AT, BUCKETS * BUCKET_WORDS);
    this.#head = mapping.words(0, Head.Free);
    this.#lives = lives;
    this.id = this.#take();
    this.token = this.load(this.id, Slot.Token);
  }

  load(id: number, word: number): number {
    return Atomics.load(this.words, id * SLOT_WORDS + word);
  }

  store(id: number, word: number, value: number): void {
    Atomics.store(this.words, id * SLOT_WORDS + word, value);
  }

  /** Slots from this one on were never taken. */
  get used(): number {
    return Atomics.load(this.#head, Head.Slots);
  }

  /** The process of whoever has this token; `null`: nobody has it any more. */
  pidOf(token: number): number | null {
    const id = idOf(token);
    const pid = this.load(id, Slot.Pid);
    return this.load(id, Slot.Token) === token ? pid : null;
  }

  /** Does whoever has this token live? If not, the slot is free from now on. Costs 10 microseconds. */
  isAlive(token: number): boolean {
    if (token === this.token) return true;
    if (token <= 0) return false;
    const id = idOf(token);
    if (this.load(id, Slot.Token) !== token) return false;
    const start = this.#lives.startOf(this.load(id, Slot.Tid));
    if (start === undefined || start === this.load(id, Slot.Start)) return true;
    Atomics.compareExchange(this.words, id * SLOT_WORDS, token, 0);
    return false;
  }

  #take(): number {
    if (this.#lives.isUnique) this.#evict(this.#lives.own);
    this.#sweep(SWEEP, this.used);
    for (const all of [false, true]) {
      if (all) this.#sweep(SLOTS, SLOTS);
      for (let id = 0; id < SLOTS; id++) {
        if (Atomics.compareExchange(this.words, id * SLOT_WORDS, 0, -this.#lives.own) === 0) {
          this.#enter(id);
          return id;
        }
      }
    }
    throw new RuntimeError(`more than ${SLOTS} processes and threads share memory`);
  }

  /** Frees the slots of whoever had this number before. */
  #evict(number: number): void {
    for (let id = 0; id < this.used; id++) {
      const token = this.load(id, Slot.Token);
      const before = token > 0 ? this.load(id, Slot.Tid) : -token;
      if (before === number) Atomics.compareExchange(this.words, id * SLOT_WORDS, token, 0);
    }
  }

  /** Looks at the next few of so many slots, and frees those whose holders are dead. */
  #sweep(count: number, among: number): void {
    for (let i = Math.min(count, among); i > 0; i--) {
      const id = (Atomics.add(this.#head, Head.Sweep, 1) >>> 0) % among;
      const token = this.load(id, Slot.Token);
      if (token > 0) this.isAlive(token);
      // Somebody was killed who was about to move in.
      else if (token < 0 && this.#lives.startOf(-token) === null)
        Atomics.compareExchange(this.words, id * SLOT_WORDS, token, 0);
    }
  }

  #enter(id: number): void {
    const start = this.#lives.startOf(this.#lives.own);
    if (typeof start !== 'number') {
      throw new NotImplementedError('shared memory between processes is not available: /proc cannot be read');
    }
    for (let known = 0; known <= id;) {
      known = Atomics.compareExchange(this.#head, Head.Slots, known, id + 1) === known ? id + 1 : this.used;
    }
    this.#clear(id);
    this.store(id, Slot.Pid, process.pid);
    this.store(id, Slot.Tid, this.#lives.own);
    this.store(id, Slot.Start, start);
    this.store(id, Slot.Rung, 0);
    this.store(id, Slot.Bell, 0);
    this.store(id, Slot.Asleep, 0);
    const generation = (this.load(id, Slot.Generation) + 1) % GENERATIONS || 1;
    this.store(id, Slot.Generation, generation);
    this.store(id, Slot.Token, generation * SLOTS + id);
  }

  /** Whoever was in the slot waits for nothing any more. */
  #clear(id: number): void {
    const bit = 1 << (id & 31);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const word = bucket * BUCKET_WORDS + (id >> 5);
      if ((Atomics.load(this.buckets, word) & bit) !== 0) Atomics.and(this.buckets, word, ~bit);
    }
  }
}

export const idOf = (token: number): number => token % SLOTS;
