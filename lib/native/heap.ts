import { MemoryError } from '../util/exceptions';
import { CLASSES, GRANULE, HEAD, Heap, WINDOW } from './layout';
import { libc } from './libc';
import { startOf, type Mapping } from './mapping';
import type { Slots } from './slots';
import { SpinLock } from './spin_lock';

/** Memory is asked from the system in steps of this size, in granules. */
const STEP = (1 << 20) / GRANULE;
const IN_WINDOW = WINDOW / GRANULE;

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
  readonly #words: Int32Array;
  readonly #lock: SpinLock;

  constructor(mapping: Mapping, slots: Slots) {
    this.#mapping = mapping;
    this.#words = mapping.words(0, Heap.Free + CLASSES);
    this.#lock = new SpinLock(this.#words, Heap.Owner, slots);
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
    this.#lock.acquire();
    try {
      const granule = this.#reuse(size) ?? this.#grow(size);
      return HEAD + granule * GRANULE;
    } finally {
      this.#lock.release();
    }
  }

  /** Gives a block back. It must be the offset and the size that it was allocated with. */
  free(offset: number, bytes: number): void {
    const size = classOf(bytes);
    const granule = (offset - HEAD) / GRANULE;
    this.#lock.acquire();
    try {
      // First the block points on, then the list begins with it.
      this.#setNext(granule, this.#words[Heap.Free + size] as number);
      Atomics.store(this.#words, Heap.Free + size, granule + 1);
    } finally {
      this.#lock.release();
    }
  }

  /** The word of a free block that names the next one, plus 1; 0: it is the last. */
  #next(granule: number): number {
    const offset = HEAD + granule * GRANULE;
    return this.#mapping.window(offset, 4).words[startOf(offset, 4) >> 2] as number;
  }

  #setNext(granule: number, next: number): void {
    const offset = HEAD + granule * GRANULE;
    this.#mapping.window(offset, 4).words[startOf(offset, 4) >> 2] = next;
  }

  #reuse(size: number): number | null {
    const first = (this.#words[Heap.Free + size] as number) - 1;
    if (first < 0) return null;
    Atomics.store(this.#words, Heap.Free + size, this.#next(first));
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
}
