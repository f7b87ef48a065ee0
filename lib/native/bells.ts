import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { BUCKET_WORDS, SLOT_WORDS, Slot } from './layout';
import { libc, O_CLOEXEC, O_NONBLOCK, systemError } from './libc';
import type { Notes } from './notes';
import { idOf, type Slots } from './slots';

const RING = Uint8Array.of(1);
const O_WRONLY = 1;
const O_RDWR = 2;
const EAGAIN = 11;

/** What became of a ring. */
export const Ring = {
  Now: 0,
  /** It had been rung, and has not looked since. */
  Before: 1,
  Dead: 2,
} as const;
export type RingId = (typeof Ring)[keyof typeof Ring];

/**
 * How threads tell each other that something has changed. A thread that sleeps is woken by a futex; the bell of one
 * on its event loop is a pipe, into which others write a byte: Linux lets them open it by its descriptor there.
 */
export class Bells {
  readonly #slots: Slots;
  readonly #notes: Notes;
  #fd = -1;
  readonly #sink = new Uint8Array(64);

  constructor(slots: Slots, notes: Notes) {
    this.#slots = slots;
    this.#notes = notes;
  }

  // ------------------------------------------------------------ who is rung

  /** Hangs this thread's bell up, for its event loop: it has none yet. */
  hang(heard: () => void): Socket {
    const fd = makeBell();
    this.#fd = fd;
    const bell = new Socket({ fd, readable: true, writable: false });
    bell.on('data', heard);
    bell.on('error', () => undefined);
    const { id } = this.#slots;
    this.#slots.store(id, Slot.BellInode, inodeOf(fd) ?? 0);
    this.#slots.store(id, Slot.Bell, fd + 1);
    // Who rang before has found no bell, and does not ring again.
    if (this.#slots.load(id, Slot.Rung) !== 0) libc().write(fd, RING);
    return bell;
  }

  /** The descriptor of the bell that hangs here. */
  get fd(): number {
    return this.#fd;
  }

  /** Reads the bell empty, where the event loop does not. */
  silence(): void {
    while (libc().read(this.#fd, this.#sink) === this.#sink.length);
  }

  /** The bell was heard; it may be rung again. */
  heard(): void {
    this.#slots.store(this.#slots.id, Slot.Rung, 0);
  }

  /** Sleeps until the bell is rung, or so many milliseconds. Blocks the thread. */
  sleep(milliseconds: number): void {
    const { id, words } = this.#slots;
    const word = id * SLOT_WORDS + Slot.Rung;
    this.#slots.store(id, Slot.Asleep, 1);
    libc().futexWait(words.subarray(word, word + 1), 0, milliseconds);
    this.#slots.store(id, Slot.Asleep, 0);
    this.heard();
  }

  /** This thread waits for something in the bucket, or no more. */
  enlist(bucket: number, on: boolean): void {
    const { id, buckets } = this.#slots;
    const word = bucket * BUCKET_WORDS + (id >> 5);
    const bit = 1 << (id & 31);
    if (on) Atomics.or(buckets, word, bit);
    else Atomics.and(buckets, word, ~bit);
  }

  // -------------------------------------------------------------- who rings

  /** Rings all others who wait for something in the bucket. */
  ring(bucket: number): void {
    const { id: own, buckets, used } = this.#slots;
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
    return token === this.#slots.token;
  }

  /** Rings whoever has this token: another thread. */
  ringOne(token: number): RingId {
    const id = idOf(token);
    return this.#slots.load(id, Slot.Token) === token ? this.#ring(id) : Ring.Dead;
  }

  #ring(id: number): RingId {
    const slots = this.#slots;
    const word = id * SLOT_WORDS + Slot.Rung;
    if (Atomics.exchange(slots.words, word, 1) !== 0) return Ring.Before;
    const token = slots.load(id, Slot.Token);
    if (slots.load(id, Slot.Asleep) !== 0) {
      if (libc().futexWake(slots.words.subarray(word, word + 1)) > 0) return Ring.Now;
      // About to fall asleep, or just awake: then it looks. Or it was killed in its sleep.
      return slots.isAlive(token) ? Ring.Now : Ring.Dead;
    }
    if (token <= 0) return Ring.Dead;
    if (slots.load(id, Slot.Bell) === 0) return Ring.Now;
    const bell = this.#notes.bell(id, token) ?? this.#find(token);
    const result = bell === null ? null : libc().write(bell, RING);
    // A full pipe is as good as a ring.
    if (result !== null && (result > 0 || result === -EAGAIN)) return Ring.Now;
    // It is dead, or it cannot be reached and looks by itself.
    this.#notes.forget(id, token);
    return slots.isAlive(token) ? Ring.Before : Ring.Dead;
  }

  /** Opens the bell of another thread. `null`: it is gone. */
  #find(token: number): number | null {
    const id = idOf(token);
    const path = `/proc/${this.#slots.load(id, Slot.Pid)}/fd/${this.#slots.load(id, Slot.Bell) - 1}`;
    const fd = libc().open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return null;
    // If the thread has ended meanwhile, that number may be any file of its process.
    if (inodeOf(fd) !== this.#slots.load(id, Slot.BellInode)) {
      libc().close(fd);
      return null;
    }
    const before = this.#notes.note(id, token, fd);
    if (before === null) return fd;
    libc().dup(fd, before);
    libc().close(fd);
    this.#notes.moved(id, token);
    return before;
  }
}

/** A pipe with both ends in one descriptor: node closes that when the thread ends, however it does. */
function makeBell(): number {
  const [reading, writing] = libc().pipe();
  const fd = libc().open(`/proc/self/fd/${reading}`, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  libc().close(reading);
  libc().close(writing);
  if (fd < 0) throw systemError('open', -fd);
  return fd;
}

/** The word that names a pipe; `null` for any other file. */
function inodeOf(fd: number): number | null {
  const stat = fstatSync(fd);
  return stat.isFIFO() ? stat.ino | 0 : null;
}
