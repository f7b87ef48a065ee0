import { MemoryError } from '../util/exceptions';
import { CLASSES, GRANULE, HEAD, Head, WINDOW } from './layout';
import { startOf, type Mapping } from './mapping';
import type { Slots } from './slots';
import { SpinLock } from './spin_lock';

const IN_WINDOW = WINDOW / GRANULE;
/** A free block's first page stays: it holds the word that names the next one. */
const PAGE = 4096;
/** As many granules as a word can count. */
const MOST = 2 ** 31 - 1;

/** The granules of a block of this many bytes, as the power of two that they are. */
export function classOf(bytes: number): number {
  const granules = Math.max(1, Math.ceil(bytes / GRANULE));
  return granules === 1 ? 0 : Math.ceil(Math.log2(granules));
}

/**
 * Who may use which bytes of the shared file. Blocks are powers of two, the free ones of a size a list. Small ones are
 * cut from windows, so that each lies within one. Those larger than a window take the memory of the bytes that were
 * asked for only, and give it back when they are free.
 *
 * One thread at a time changes the lists, for less than a microsecond; should it be killed meanwhile, the next goes
 * on, and at worst what it was about to take is lost: each step leaves the lists whole.
 */
export class SharedHeap {
  readonly #mapping: Mapping;
  readonly #words: Int32Array;
  readonly #lock: SpinLock;

  constructor(mapping: Mapping, slots: Slots) {
    this.#mapping = mapping;
    this.#words = mapping.words(0, Head.Free + CLASSES);
    this.#lock = new SpinLock(this.#words, Head.Lock, slots);
  }

  /**
   * Bytes that nobody else has, at this offset. Who had them before may have left something in them.
   *
   * @param note - gets the offset before they take the system's memory, which can last milliseconds; then `null` if
   *   there is none after all.
   * @throws MemoryError when the system has no more.
   */
  allocate(bytes: number, note?: (offset: number | null) => void): number {
    const size = classOf(bytes);
    if (size >= CLASSES) throw new MemoryError(`cannot share ${bytes} bytes`);
    const large = isLarge(size);
    this.#lock.enter();
    let granule: number;
    try {
      granule = this.#reuse(size) ?? (large ? this.#extend(2 ** size, false) : this.#cut(2 ** size));
    } finally {
      this.#lock.leave();
    }
    const offset = granule * GRANULE;
    note?.(offset);
    if (large) this.#reserve(offset, bytes, size, note);
    return offset;
  }

  /** How many bytes of a new block may not be zero: of those that take their memory from the system only a page. */
  dirty(bytes: number): number {
    return this.#mapping.givesBack && isLarge(classOf(bytes)) ? PAGE : bytes;
  }

  /**
   * Gives a block back. It must be the offset and the size that it was allocated with.
   *
   * @param forget - is called when the system has its memory, which can last milliseconds: now it is nobody's.
   */
  free(offset: number, bytes: number, forget?: () => void): void {
    const size = classOf(bytes);
    if (isLarge(size)) this.#mapping.release(offset + PAGE, 2 ** size * GRANULE - PAGE);
    this.#lock.enter();
    forget?.();
    this.#link(offset / GRANULE, size);
    this.#lock.leave();
  }

  /** That takes time: it is done when the block is ours and nobody waits for it. */
  #reserve(offset: number, bytes: number, size: number, note?: (offset: number | null) => void): void {
    try {
      this.#mapping.reserve(offset, bytes);
    } catch (error) {
      note?.(null);
      this.#giveBack(offset, size);
      throw error;
    }
  }

  #giveBack(offset: number, size: number): void {
    try {
      this.#mapping.reserve(offset, PAGE);
      this.free(offset, 2 ** size * GRANULE);
    } catch {
      // Without its first page it cannot be in a list, but nobody may have come after it.
      const granule = offset / GRANULE;
      this.#lock.enter();
      Atomics.compareExchange(this.#words, Head.Break, granule + 2 ** size, granule);
      this.#lock.leave();
    }
  }

  /** Puts a block into the list of the free ones of its size: first it points on, then the list begins with it. */
  #link(granule: number, size: number): void {
    const { words } = this.#mapping.window(granule * GRANULE, GRANULE);
    words[nextOf(granule)] = this.#words[Head.Free + size] as number;
    Atomics.store(this.#words, Head.Free + size, granule);
  }

  #reuse(size: number): number | null {
    const first = this.#words[Head.Free + size] as number;
    if (first === 0) return null;
    // Nothing is made here: who collects garbage while it holds the lock keeps all others waiting.
    const { words } = this.#mapping.window(first * GRANULE, GRANULE);
    Atomics.store(this.#words, Head.Free + size, words[nextOf(first)] as number);
    return first;
  }

  /** So many granules of a window. */
  #cut(granules: number): number {
    const words = this.#words;
    let from = (words[Head.Cut] as number) || HEAD / GRANULE;
    const end = (words[Head.CutEnd] as number) || IN_WINDOW;
    if (from + granules > end) {
      this.#keep(from, end);
      from = this.#extend(IN_WINDOW, true);
      // In this order: an end that is too low only means that another window is taken.
      Atomics.store(words, Head.Cut, from);
      Atomics.store(words, Head.CutEnd, from + IN_WINDOW);
    }
    Atomics.store(words, Head.Cut, from + granules);
    return from;
  }

  /** What is left of a window, in pieces that fit the lists. */
  #keep(from: number, end: number): void {
    while (from < end) {
      const size = Math.floor(Math.log2(end - from));
      // Taken first, so that nobody cuts there again if this is as far as we come.
      Atomics.store(this.#words, Head.Cut, from + 2 ** size);
      this.#link(from, size);
      from += 2 ** size;
    }
  }

  /** So many granules behind all others: whole windows. */
  #extend(granules: number, reserve: boolean): number {
    const from = (this.#words[Head.Break] as number) || IN_WINDOW;
    const end = from + granules;
    if (end > MOST || end * GRANULE > this.#mapping.length) {
      throw new MemoryError('no shared memory is left: all addresses are in use');
    }
    if (reserve) this.#mapping.reserve(from * GRANULE, granules * GRANULE);
    Atomics.store(this.#words, Head.Break, end);
    return from;
  }
}

/** The word of a free block that names the next one, in its window; 0: it is the last. */
const nextOf = (granule: number): number => startOf(granule * GRANULE, GRANULE) >> 2;

const isLarge = (size: number): boolean => 2 ** size > IN_WINDOW;
