import { Buffer } from 'node:buffer';
import { MemoryError } from '../util/exceptions';
import type { Block } from './arena';
import { arena } from './arena';
import { GRANULE } from './layout';
import { blockAt, Spares, type InHand } from './spares';
import { SpinLock } from './spin_lock';

/** Bytes of the ring: what a pipe of Linux holds. */
const SIZE = 64 << 10;
/** Longer messages have a block of their own. */
const SHORT = 16 << 10;
/** Bytes of such blocks that may be on their way; one of any length always may. */
const IN_BLOCKS = 4 << 20;

/** Words of a ring in the memory of who has it. */
export const RING_WORDS = 32;
const Word = {
  /** How many bytes were ever written, and read: both go round. */
  Tail: 0,
  Head: 1,
  Writer: 2,
  Reader: 3,
  /** Where the bytes are, in granules. */
  Place: 4,
  /** Bytes of blocks written and read, in granules. */
  BlocksIn: 5,
  BlocksOut: 6,
  /** Sixteen of them. */
  Spares: 7,
} as const;

/** What precedes each message: its length in two words, the granule of its block or 0, and the length of that. */
const HEADER = 16;
/** A message that reaches over the end of the ring begins at its start instead; this fills what is left. */
const FILLER = -1;

const padded = (length: number): number => (length + 7) & ~7;
const inGranules = (length: number): number => Math.ceil(length / GRANULE) * GRANULE;

/**
 * Messages from any threads to any threads, in order, each to exactly one of them. A message is there as a whole or
 * not at all: who is killed while it writes has written nothing, who is killed while it reads has taken it or not.
 */
export class Ring {
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #records: Int32Array;
  readonly #writing: SpinLock;
  readonly #reading: SpinLock;
  readonly #place: Block;
  readonly #spares: Spares;

  /** @param words - {@link RING_WORDS} words that were zero before the first {@link Ring.prepare}. */
  constructor(words: Int32Array) {
    this.#words = words;
    const { slots } = arena();
    this.#writing = new SpinLock(words, Word.Writer, slots);
    this.#reading = new SpinLock(words, Word.Reader, slots);
    this.#place = blockAt(Atomics.load(words, Word.Place), SIZE);
    const { buffer, start } = this.#place.piece;
    this.#bytes = Buffer.from(buffer, start, SIZE);
    this.#records = this.#place.words;
    this.#spares = new Spares(words, Word.Spares);
  }

  /** Gives the ring its memory: once, by who makes it. */
  static prepare(words: Int32Array): void {
    const { heap } = arena();
    words[Word.Place] = heap.allocate(SIZE) / GRANULE;
  }

  /** Gives all memory back. Nobody may use it any more. */
  free(): void {
    while (this.pop(() => null, Infinity) !== null);
    this.#spares.free();
    arena().heap.free(this.#place.offset, SIZE);
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, Word.Head) === Atomics.load(this.#words, Word.Tail);
  }

  /**
   * False if there is no room now. Its bytes are in the ring then: the memory that they came from may change. Who is
   * killed while it waits for room holds nothing here.
   */
  tryPush(pieces: readonly Uint8Array[], length: number): boolean {
    if (length > SHORT) return this.#tryPushLong(pieces, length);
    const bytes = HEADER + padded(length);
    return this.#mayFit(bytes, 0) && this.#push(bytes, length, pieces, null);
  }

  #tryPushLong(pieces: readonly Uint8Array[], length: number): boolean {
    const bytes = inGranules(length);
    if (!this.#mayFit(HEADER, bytes)) return false;
    const held = this.#spares.take(bytes);
    const { buffer, start } = held.block.piece;
    copyInto(new Uint8Array(buffer, start, length), pieces);
    if (this.#push(HEADER, length, [], held)) return true;
    // Somebody was faster.
    held.block.keep();
    this.#spares.give(held);
    return false;
  }

  #mayFit(bytes: number, inBlock: number): boolean {
    const used = (Atomics.load(this.#words, Word.Tail) - Atomics.load(this.#words, Word.Head)) >>> 0;
    if (SIZE - used < bytes) return false;
    if (inBlock === 0) return true;
    // Who is killed may leave the count wrong: it never keeps what is long out of an empty ring.
    const out = (Atomics.load(this.#words, Word.BlocksIn) - Atomics.load(this.#words, Word.BlocksOut)) | 0;
    return used === 0 || out * GRANULE + inBlock <= IN_BLOCKS;
  }

  #push(bytes: number, length: number, pieces: readonly Uint8Array[], held: InHand | null): boolean {
    this.#writing.enter();
    try {
      return this.#write(bytes, length, pieces, held);
    } finally {
      this.#writing.leave();
    }
  }

  #write(bytes: number, length: number, pieces: readonly Uint8Array[], held: InHand | null): boolean {
    const block = held?.block ?? null;
    const inBlock = block?.bytes ?? 0;
    if (!this.#mayFit(bytes, inBlock)) return false;
    const words = this.#words;
    let tail = Atomics.load(words, Word.Tail);
    let at = (tail >>> 0) % SIZE;
    if (at + bytes > SIZE) {
      // It must fit behind the filler as well.
      if (!this.#mayFit(SIZE - at + bytes, inBlock)) return false;
      this.#records[at >> 2] = FILLER;
      tail += SIZE - at;
      at = 0;
    }
    const record = at >> 2;
    this.#records[record] = length % 2 ** 31;
    this.#records[record + 1] = Math.floor(length / 2 ** 31);
    this.#records[record + 2] = block === null ? 0 : block.offset / GRANULE;
    this.#records[record + 3] = inBlock / GRANULE;
    if (block === null) copyInto(this.#bytes.subarray(at + HEADER, at + HEADER + length), pieces);
    else Atomics.add(words, Word.BlocksIn, inBlock / GRANULE);
    block?.keep();
    if (held !== null) this.#spares.handOn(held);
    Atomics.store(words, Word.Tail, (tail + bytes) | 0);
    return true;
  }

  /**
   * Takes the first message.
   *
   * @param read - gets its bytes, in memory that is not its own: to be copied. Not called if it is too long.
   * @param longest - a message that is longer stays.
   * @returns `null` if there is none; the length of one that is too long.
   */
  pop<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | number | null {
    if (this.isEmpty) return null;
    const words = this.#words;
    let held: InHand;
    let length: number;
    this.#reading.enter();
    try {
      let head = Atomics.load(words, Word.Head);
      if (head === Atomics.load(words, Word.Tail)) return null;
      let at = (head >>> 0) % SIZE;
      if (this.#records[at >> 2] === FILLER) {
        head += SIZE - at;
        at = 0;
      }
      const record = at >> 2;
      length = (this.#records[record] as number) + (this.#records[record + 1] as number) * 2 ** 31;
      if (length > longest) return length;
      const granule = this.#records[record + 2] as number;
      if (granule === 0) {
        const value = read(this.#bytes.subarray(at + HEADER, at + HEADER + length));
        Atomics.store(words, Word.Head, (head + HEADER + padded(length)) | 0);
        return { value };
      }
      held = this.#spares.prepare(granule, (this.#records[record + 3] as number) * GRANULE);
      Atomics.store(words, Word.Head, (head + HEADER) | 0);
      this.#spares.hold(held);
    } finally {
      this.#reading.leave();
    }
    return { value: this.#read(held, length, read) };
  }

  /** A long message is read when it is out of the ring already: others go on meanwhile. */
  #read<T>(held: InHand, length: number, read: (bytes: Buffer) => T): T {
    try {
      const { buffer, start } = held.block.piece;
      return read(Buffer.from(buffer, start, length));
    } finally {
      Atomics.add(this.#words, Word.BlocksOut, held.block.bytes / GRANULE);
      this.#spares.give(held);
    }
  }
}

function copyInto(target: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    target.set(piece, at);
    at += piece.byteLength;
  }
  if (at !== target.byteLength) throw new MemoryError(`${at} bytes instead of ${target.byteLength}`);
}
