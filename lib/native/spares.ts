import { arena, Block } from './arena';
import { GRANULE, WINDOW } from './layout';

const COUNT = 8;
/** Words of them in the memory of who has them: where each lies and how long it is, in granules. */
export const SPARES_WORDS = COUNT * 2;
/** Smaller ones keep their memory in the heap as well. */
const MORE_THAN = WINDOW;
/** So much is kept of each at most, */
const MOST = 2 * WINDOW;
/** and so many of them. */
const KEPT = 4;

const NONE = 0;
/** Somebody is about to put one here. Who is killed then leaves it so: that one is lost. */
const BUSY = -(2 ** 31);

/** A block that somebody is filling or reading just now. */
export interface InHand {
  readonly block: Block;
  /** The word that says so; `null` if there was none free: who is killed now takes the block with it. */
  readonly word: number | null;
}

/**
 * Blocks that go round between those who fill them and those who empty them. A few are kept for the next ones: the
 * heap would give their memory back to the system each time, and take it again, which costs more than to copy what is
 * in them. Those that are in hand are noted as well, by a granule below zero: copying takes milliseconds, and who is
 * killed meanwhile has left its block here.
 */
export class Spares {
  readonly #words: Int32Array;
  readonly #first: number;

  /** @param first - of {@link SPARES_WORDS} words that were zero before anybody used them. */
  constructor(words: Int32Array, first: number) {
    this.#words = words;
    this.#first = first;
  }

  /** A block of at least so many bytes, in hand: one that was kept, or a new one. */
  take(bytes: number): InHand {
    if (bytes > MORE_THAN && bytes <= MOST) {
      for (let word = this.#first; word < this.#end; word += 2) {
        const block = this.#takeAt(word, bytes);
        if (block !== null) return { block, word };
      }
    }
    let word = this.#begin();
    try {
      const offset = arena().heap.allocate(bytes, (at) => {
        this.#note(word, at, bytes);
        if (at === null) word = null;
      });
      return { block: blockAt(offset / GRANULE, bytes), word };
    } catch (error) {
      this.#note(word, null, 0);
      throw error;
    }
  }

  /** A block that will be in hand with {@link Spares.hold}: what takes time comes before. */
  prepare(granule: number, bytes: number): InHand {
    return { block: blockAt(granule, bytes), word: this.#begin() };
  }

  hold({ block, word }: InHand): void {
    this.#note(word, block.offset, block.bytes);
  }

  /** It is not in hand any more: it has a place of its own at once. */
  handOn({ word }: InHand): void {
    if (word !== null) Atomics.store(this.#words, word, NONE);
  }

  /** Gives a block back: to be kept, or to the heap. */
  give(held: InHand): void {
    const { block, word } = held;
    if (word !== null && block.bytes > MORE_THAN && block.bytes <= MOST && this.#kept < KEPT) {
      Atomics.store(this.#words, word, block.offset / GRANULE);
      return;
    }
    arena().heap.free(block.offset, block.bytes, () => {
      this.handOn(held);
    });
  }

  /** Gives all to the heap, with what the killed have left: nobody uses them any more. */
  free(): void {
    for (let word = this.#first; word < this.#end; word += 2) {
      const granule = Atomics.exchange(this.#words, word, NONE);
      if (granule === NONE || granule === BUSY) continue;
      arena().heap.free(Math.abs(granule) * GRANULE, (this.#words[word + 1] as number) * GRANULE);
    }
  }

  get #end(): number {
    return this.#first + SPARES_WORDS;
  }

  get #kept(): number {
    let count = 0;
    for (let word = this.#first; word < this.#end; word += 2) {
      if (Atomics.load(this.#words, word) > NONE) count++;
    }
    return count;
  }

  /** A word for a note; `null` if there is none free. */
  #begin(): number | null {
    for (let word = this.#first; word < this.#end; word += 2) {
      if (Atomics.compareExchange(this.#words, word, NONE, BUSY) === NONE) return word;
    }
    return null;
  }

  /** @param offset - `null`: there is no block. */
  #note(word: number | null, offset: number | null, bytes: number): void {
    if (word === null) return;
    this.#words[word + 1] = bytes / GRANULE;
    Atomics.store(this.#words, word, offset === null ? NONE : -offset / GRANULE);
  }

  #takeAt(word: number, bytes: number): Block | null {
    const granule = Atomics.load(this.#words, word);
    if (granule <= NONE) return null;
    if (Atomics.compareExchange(this.#words, word, granule, -granule) !== granule) return null;
    // Only now nobody changes its length.
    const length = (this.#words[word + 1] as number) * GRANULE;
    if (length >= bytes) return blockAt(granule, length);
    Atomics.store(this.#words, word, granule);
    return null;
  }
}

/** The block that begins at a granule, of so many bytes. */
export const blockAt = (granule: number, bytes: number): Block =>
  Block.at({ offset: granule * GRANULE, bytes, file: arena().mapping.name });
