import { Buffer } from 'node:buffer';
import { SharedClaims } from './shared_claims';
import { SharedJournal } from './shared_journal';

const CLAIMS = 0;
const JOURNAL = CLAIMS + SharedClaims.WORDS;
/** How much of what the worker has sent the parent has taken in: counted in characters and bytes, wrapping around. */
const RECEIVED = JOURNAL + SharedJournal.WORDS;
/** The worker starts nothing more until the parent has taken in what it sent. */
const WAITING = RECEIVED + 1;
/** The worker has told its end on stderr. */
const TOLD = RECEIVED + 2;
/** The parent sleeps: the descriptor to write to when something was sent; 0 while it does not. */
const BELL = RECEIVED + 3;
/** The system's number of the thread; 0 before it runs, and where it cannot be known. */
const NATIVE_ID = RECEIVED + 4;
/** The exit code, and one more; 0 before the thread is about to end. */
const ENDING = RECEIVED + 5;
/** How many frames the worker has sent: counted when they lie at the port. */
const POSTED = RECEIVED + 6;
const WORDS = RECEIVED + 7;

/** A worker sends what it has gathered when it is so much, so its journal holds that, if it is mostly ASCII. */
const JOURNAL_BYTES = 65_536;
/** Sent by the worker and not yet taken in, from which on it starts nothing more. */
const CONGESTED = 1 << 20;

/** The memory that a worker thread shares with its parent. Made by the parent; the worker makes one of its `buffer`. */
export class ThreadMemory {
  readonly buffer: SharedArrayBuffer;
  readonly claims: SharedClaims;
  readonly journal: SharedJournal;
  readonly #words: Int32Array;
  #sent = 0;

  constructor(buffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT + JOURNAL_BYTES)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, WORDS);
    this.claims = new SharedClaims(this.#words.subarray(CLAIMS, JOURNAL));
    this.journal = new SharedJournal(
      this.#words.subarray(JOURNAL, RECEIVED),
      Buffer.from(buffer, this.#words.byteLength, JOURNAL_BYTES),
    );
  }

  /** The parent has taken in so much; does the worker wait to hear of it? */
  received(size: number): boolean {
    Atomics.add(this.#words, RECEIVED, size);
    return Atomics.load(this.#words, WAITING) === 1 && Atomics.exchange(this.#words, WAITING, 0) === 1;
  }

  /** The worker has sent so much. */
  sent(size: number): void {
    this.#sent = (this.#sent + size) | 0;
  }

  /** How many frames lie at the port, or have come from there: goes round. */
  get posted(): number {
    return Atomics.load(this.#words, POSTED);
  }

  /** The worker: another one does. */
  post(): void {
    Atomics.add(this.#words, POSTED, 1);
  }

  /** Is there more on its way to the parent than should be? Then the parent will tell when it has taken it in. */
  get congested(): boolean {
    if (!this.#tooMuch()) return false;
    Atomics.store(this.#words, WAITING, 1);
    // It may have taken all in meanwhile, and gone to sleep.
    return this.#tooMuch();
  }

  #tooMuch(): boolean {
    return ((this.#sent - Atomics.load(this.#words, RECEIVED)) | 0) > CONGESTED;
  }

  /** The worker has written to stderr what ended it: the parent need not. */
  get told(): boolean {
    return Atomics.load(this.#words, TOLD) === 1;
  }

  tell(): void {
    Atomics.store(this.#words, TOLD, 1);
  }

  /** The parent: is about to sleep, and to be woken by a byte in this file. */
  sleeps(fd: number): void {
    Atomics.store(this.#words, BELL, fd);
  }

  /** The worker has sent something: where it is to ring, once; 0 if the parent does not sleep. */
  bell(): number {
    return Atomics.load(this.#words, BELL) === 0 ? 0 : Atomics.exchange(this.#words, BELL, 0);
  }

  /** The system's number of the thread; 0 while it is not known. */
  get nativeId(): number {
    return Atomics.load(this.#words, NATIVE_ID);
  }

  set nativeId(id: number) {
    Atomics.store(this.#words, NATIVE_ID, id);
  }

  /** With what the thread is about to end; `null` while it is not, or if it could not tell. */
  get exitcode(): number | null {
    const word = Atomics.load(this.#words, ENDING);
    return word === 0 ? null : word - 1;
  }

  /** The worker is about to end. */
  ends(exitcode: number): void {
    Atomics.store(this.#words, ENDING, exitcode + 1);
  }
}
