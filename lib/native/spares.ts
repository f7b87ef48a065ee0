import { arena, Block } from './arena';
import { GRANULE, WINDOW } from './layout';

const COUNT = 4;
/** Words of them in the memory of who has them: where each lies and how long it is, in granules. */
export const SPARES_WORDS = COUNT * 2;
/** Smaller ones keep their memory in the heap as well. */
const MORE_THAN = WINDOW;
/** So much is kept of each at most. */
const MOST = 2 * WINDOW;

const NONE = 0;
/** Somebody is about to put or take one. Who is killed then leaves it so: that one is lost. */
const BUSY = -1;

/**
 * A few blocks that go round between those who fill them and those who empty them. The heap would give their memory
 * back to the system each time, and take it again: that costs more than to copy what is in them.
 */
export class Spares {
  readonly #words: Int32Array;
  readonly #first: number;

  /** @param first - of {@link SPARES_WORDS} words that were zero before anybody used them. */
  constructor(words: Int32Array, first: number) {
    this.#words = words;
    this.#first = first;
  }

  /** One of so many bytes, or not much more; `null` if there is none. */
  take(bytes: number): Block | null {
    if (bytes <= MORE_THAN || bytes > MOST) return null;
    for (let word = this.#first; word < this.#end; word += 2) {
      const block = this.#takeAt(word, bytes);
      if (block !== null) return block;
    }
    return null;
  }

  /** Gives a block back: to be kept, or to the heap. */
  give(block: Block): void {
    if (block.bytes > MORE_THAN && block.bytes <= MOST) {
      for (let word = this.#first; word < this.#end; word += 2) {
        if (Atomics.compareExchange(this.#words, word, NONE, BUSY) !== NONE) continue;
        this.#words[word + 1] = block.bytes / GRANULE;
        Atomics.store(this.#words, word, block.offset / GRANULE);
        return;
      }
    }
    arena().heap.free(block.offset, block.bytes);
  }

  /** Gives all to the heap: nobody uses them any more. */
  free(): void {
    for (let word = this.#first; word < this.#end; word += 2) {
      const block = this.#takeAt(word, 0);
      if (block !== null) arena().heap.free(block.offset, block.bytes);
    }
  }

  get #end(): number {
    return this.#first + SPARES_WORDS;
  }

  #takeAt(word: number, bytes: number): Block | null {
    const granule = Atomics.load(this.#words, word);
    if (granule === NONE || granule === BUSY) return null;
    if (Atomics.compareExchange(this.#words, word, granule, BUSY) !== granule) return null;
    // Only now nobody changes its length.
    const length = (this.#words[word + 1] as number) * GRANULE;
    const fits = length >= bytes;
    Atomics.store(this.#words, word, fits ? NONE : granule);
    return fits ? blockAt(granule, length) : null;
  }
}

/** The block that begins at a granule, of so many bytes. */
export const blockAt = (granule: number, bytes: number): Block =>
  Block.at({ offset: (granule >>> 0) * GRANULE, bytes, file: arena().mapping.name });
