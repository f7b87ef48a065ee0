import { closeSync, openSync, readFileSync, writeSync, constants } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { RuntimeError } from '../util/exceptions';
import { BUCKET_WORDS, BUCKETS, BUCKETS_AT, Heap, SLOT_WORDS, Slot, SLOTS, SLOTS_AT } from './layout';
import { libc } from './libc';
import type { Mapping } from './mapping';

/** Taken, but its words are not all written. */
const TAKING = -1;
const GENERATIONS = 1 << 20;
const RING = Uint8Array.of(1);

/**
 * Who takes part in the shared memory: each thread that uses it has a slot with its name, its bell and its life. A
 * token names a slot and its holder: it fits in a word, is never 0, and is not used again soon.
 */
export class Slots {
  readonly #words: Int32Array;
  readonly #buckets: Int32Array;
  readonly #head: Int32Array;
  /** This thread's own. */
  readonly token: number;
  readonly #id: number;
  /** Writing ends of others' bells, by token. */
  readonly #bells = new Map<number, number>();

  constructor(mapping: Mapping) {
    this.#words = mapping.words(SLOTS_AT, SLOTS * SLOT_WORDS);
    this.#buckets = mapping.words(BUCKETS_AT, BUCKETS * BUCKET_WORDS);
    this.#head = mapping.words(0, Heap.Free);
    this.#id = this.#take();
    this.token = this.#load(this.#id, Slot.Token);
    process.once('exit', () => {
      this.#leave();
    });
  }

  #used(): number {
    return Atomics.load(this.#head, Heap.Slots);
  }

  #load(id: number, word: number): number {
    return Atomics.load(this.#words, id * SLOT_WORDS + word);
  }

  #store(id: number, word: number, value: number): void {
    Atomics.store(this.#words, id * SLOT_WORDS + word, value);
  }

  #take(): number {
    for (const reaping of [false, true]) {
      for (let id = 0; id < SLOTS; id++) {
        if (reaping) this.isAlive(this.#load(id, Slot.Token));
        if (Atomics.compareExchange(this.#words, id * SLOT_WORDS, 0, TAKING) === 0) {
          this.#enter(id);
          return id;
        }
      }
    }
    throw new RuntimeError(`more than ${SLOTS} processes and threads share memory`);
  }

  #enter(id: number): void {
    for (let known = 0; known <= id;) {
      known =
        Atomics.compareExchange(this.#head, Heap.Slots, known, id + 1) === known ? id + 1 : this.#used();
    }
    const tid = isMainThread ? process.pid : libc().gettid();
    const [low, high] = startOf(tid) ?? [0, 0];
    this.#store(id, Slot.Pid, process.pid);
    this.#store(id, Slot.Tid, tid);
    this.#store(id, Slot.Start, low);
    this.#store(id, Slot.Start + 1, high);
    this.#store(id, Slot.Rung, 0);
    this.#store(id, Slot.Bell, 0);
    this.#store(id, Slot.Asleep, 0);
    const generation = (this.#load(id, Slot.Generation) + 1) % GENERATIONS || 1;
    this.#store(id, Slot.Generation, generation);
    this.#store(id, Slot.Token, generation * SLOTS + id);
  }

  #leave(): void {
    this.#clear(this.#id);
    Atomics.compareExchange(this.#words, this.#id * SLOT_WORDS, this.token, 0);
  }

  /** Whoever was in the slot waits for nothing any more. */
  #clear(id: number): void {
    const bit = ~(1 << (id & 31));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const word = bucket * BUCKET_WORDS + (id >> 5);
      if ((Atomics.load(this.#buckets, word) & ~bit) !== 0) Atomics.and(this.#buckets, word, bit);
    }
  }

  /** Does whoever has this token live? If not, the slot is free from now on. */
  isAlive(token: number): boolean {
    if (token === this.token) return true;
    if (token <= 0) return false;
    const id = token % SLOTS;
    if (this.#load(id, Slot.Token) !== token) return false;
    const start = startOf(this.#load(id, Slot.Tid));
    if (start?.[0] === this.#load(id, Slot.Start) && start[1] === this.#load(id, Slot.Start + 1)) return true;
    this.#clear(id);
    Atomics.compareExchange(this.#words, id * SLOT_WORDS, token, 0);
    return false;
  }

  // --------------------------------------------------------------- bells

  /** Others can ring this thread at this descriptor of its process. */
  hang(bell: number): void {
    this.#store(this.#id, Slot.Bell, bell + 1);
  }

  /** The bell was heard; it may be rung again. */
  heard(): void {
    this.#store(this.#id, Slot.Rung, 0);
  }

  /** Sleeps until the bell is rung, or so many milliseconds. Blocks the thread. */
  sleep(milliseconds: number): void {
    const word = this.#id * SLOT_WORDS + Slot.Rung;
    this.#store(this.#id, Slot.Asleep, 1);
    libc().futexWait(this.#words.subarray(word, word + 1), 0, milliseconds);
    this.#store(this.#id, Slot.Asleep, 0);
    this.heard();
  }

  /** This thread waits for something in the bucket, or no more. */
  enlist(bucket: number, on: boolean): void {
    const word = bucket * BUCKET_WORDS + (this.#id >> 5);
    const bit = 1 << (this.#id & 31);
    if (on) Atomics.or(this.#buckets, word, bit);
    else Atomics.and(this.#buckets, word, ~bit);
  }

  /** Rings all others who wait for something in the bucket. */
  ring(bucket: number): void {
    const words = (this.#used() + 31) >> 5;
    for (let i = 0; i < words; i++) {
      let bits = Atomics.load(this.#buckets, bucket * BUCKET_WORDS + i);
      while (bits !== 0) {
        const lowest = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const id = i * 32 + lowest;
        if (id !== this.#id) this.#ring(id);
      }
    }
  }

  #ring(id: number): void {
    const word = id * SLOT_WORDS + Slot.Rung;
    if (Atomics.exchange(this.#words, word, 1) !== 0) return;
    if (this.#load(id, Slot.Asleep) !== 0) libc().futexWake(this.#words.subarray(word, word + 1));
    const token = this.#load(id, Slot.Token);
    const bell = this.#load(id, Slot.Bell) - 1;
    if (token <= 0 || bell < 0) return;
    try {
      writeSync(this.#bellOf(token, this.#load(id, Slot.Pid), bell), RING);
    } catch (error) {
      // A full pipe is as good as a ring. Otherwise it is dead, or it cannot be reached and looks by itself.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
      this.#forget(token);
      this.isAlive(token);
    }
  }

  /** Linux: a pipe of another process of the same user can be opened by its descriptor there. */
  #bellOf(token: number, pid: number, bell: number): number {
    let fd = this.#bells.get(token);
    if (fd === undefined) {
      fd = openSync(`/proc/${pid}/fd/${bell}`, constants.O_WRONLY | constants.O_NONBLOCK);
      for (const known of this.#bells.keys()) if (!this.isAlive(known)) this.#forget(known);
      this.#bells.set(token, fd);
    }
    return fd;
  }

  #forget(token: number): void {
    const fd = this.#bells.get(token);
    if (fd === undefined) return;
    this.#bells.delete(token);
    closeSync(fd);
  }
}

/** When a thread was started, in two words; `null` if there is none of that number. */
function startOf(tid: number): [number, number] | null {
  try {
    const stat = readFileSync(`/proc/${tid}/stat`, 'latin1');
    // What follows the name, which may hold anything: state, parent …; a zombie is dead.
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const start = BigInt(fields[19] ?? 0);
    return [Number(BigInt.asIntN(32, start)), Number(BigInt.asIntN(32, start >> 32n))];
  } catch {
    return null;
  }
}
