import { MemoryError } from '../util/exceptions';
import { CLASSES, GRANULE, HEAD, Heap, WINDOW } from './layout';
import { libc } from './libc';
import type { Mapping } from './mapping';
import type { Slots } from './slots';

/** Memory is asked from the system in steps of this size, in granules. */
const STEP = (1 << 20) / GRANULE;
const IN_WINDOW = WINDOW / GRANULE;
/** Tries before the thread sleeps, and how long it does then, in milliseconds. */
const SPINS = 1000;
const NAP = 1;

/** The granules of a block of this many bytes, as the power of two that they are. */
export function classOf(bytes: number): number {
  const granules = Math.max(1, Math.ceil(bytes / GRANULE));
  return granules === 1 ? 0 : 32 - Math.clz32(granules - 1);
}

/**
 * Who may use which bytes of the shared file. Blocks are powers of two, the free ones of a size a list. One thread
 * at a time changes it, for less than a microsecond; should that one be killed meanwhile, the next goes on, and at
 * worst one block is lost: each step leaves the lists whole.
 */
export class SharedHeap {
  readonly #mapping: Mapping;
  readonly #slots: Slots;
  readonly #words: Int32Array;
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));

  constructor(mapping: Mapping, slots: Slots) {
    this.#mapping = mapping;
    this.#slots = slots;
    this.#words = mapping.words(0, Heap.Free + CLASSES);
    libc().reserve(mapping.fd, 0, HEAD);
  }

  /**
   * Bytes that nobody else has, at this offset. They are not cleared.
   *
   * @throws MemoryError when the system has no more.
   */
  allocate(bytes: number): number {
    const size = classOf(bytes);
    if (size >= CLASSES) throw new MemoryError(`cannot share ${bytes} bytes`);
    this.#lock();
    try {
      const granule = this.#reuse(size) ?? this.#grow(size);
      return HEAD + granule * GRANULE;
    } finally {
      this.#unlock();
    }
  }

  /** Gives a block back. It must be the offset and the size that it was allocated with. */
  free(offset: number, bytes: number): void {
    const size = classOf(bytes);
    const granule = (offset - HEAD) / GRANULE;
    this.#lock();
    try {
      // First the block points on, then the list begins with it.
      this.#next(granule)[0] = this.#words[Heap.Free + size] as number;
      Atomics.store(this.#words, Heap.Free + size, granule + 1);
    } finally {
      this.#unlock();
    }
  }

  /** The word of a free block that names the next one, plus 1; 0: it is the last. */
  #next(granule: number): Int32Array {
    return this.#mapping.words(HEAD + granule * GRANULE, 1);
  }

  #reuse(size: number): number | null {
    const first = (this.#words[Heap.Free + size] as number) - 1;
    if (first < 0) return null;
    Atomics.store(this.#words, Heap.Free + size, this.#next(first)[0] as number);
    return first;
  }

  #grow(size: number): number {
    const granules = 2 ** size;
    const start = this.#words[Heap.Break] as number;
    // Small blocks lie within a window, large ones are windows.
    const unit = Math.min(granules, IN_WINDOW);
    const head = HEAD / GRANULE;
    const from = Math.ceil((start + head) / unit) * unit - head;
    const end = from + granules;
    if (end > 0x7fff0000) throw new MemoryError('no shared memory is left');
    this.#reserve(end);
    Atomics.store(this.#words, Heap.Break, end);
    return from;
  }

  #reserve(end: number): void {
    const reserved = this.#words[Heap.Reserved] as number;
    if (end <= reserved) return;
    const target = Math.ceil(end / STEP) * STEP;
    const { fd } = this.#mapping;
    if (!libc().reserve(fd, HEAD + reserved * GRANULE, (target - reserved) * GRANULE)) {
      throw new MemoryError('no shared memory is left: /dev/shm is full');
    }
    Atomics.store(this.#words, Heap.Reserved, target);
  }

  #lock(): void {
    const words = this.#words;
    const { token } = this.#slots;
    for (let tries = 1; ; tries++) {
      const owner = Atomics.compareExchange(words, Heap.Owner, 0, token);
      if (owner === 0) return;
      if (tries % SPINS !== 0) continue;
      if (!this.#slots.isAlive(owner) && Atomics.compareExchange(words, Heap.Owner, owner, token) === owner)
        return;
      Atomics.wait(this.#nap, 0, 0, NAP);
    }
  }

  #unlock(): void {
    Atomics.store(this.#words, Heap.Owner, 0);
  }
}
