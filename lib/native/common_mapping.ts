import { MemoryError } from '../util/exceptions';
import { Head, WINDOW } from './layout';
import { Mapping, type Piece } from './mapping';

interface Growable extends SharedArrayBuffer {
  readonly maxByteLength: number;
  grow(length: number): void;
}

/** One SharedArrayBuffer of all threads of this process, which grows as it is used and gives nothing back. */
export class CommonMapping extends Mapping {
  readonly name: number;
  readonly length: number;
  readonly givesBack = false;
  readonly isOfThreads = true;
  readonly #memory: Growable;

  constructor(memory: SharedArrayBuffer) {
    super();
    this.#memory = memory as Growable;
    this.length = this.#memory.maxByteLength;
    this.name = this.words(0, Head.Free)[Head.Name] as number;
  }

  override reserve(offset: number, length: number): void {
    const end = Math.ceil((offset + length) / WINDOW) * WINDOW;
    while (this.#memory.byteLength < end) {
      const before = this.#memory.byteLength;
      try {
        this.#memory.grow(end);
      } catch (cause) {
        // Another thread may have been faster, and gone further.
        if (this.#memory.byteLength > before) continue;
        throw new MemoryError('no shared memory is left', { cause });
      }
    }
  }

  override release(): void {
    // A SharedArrayBuffer cannot shrink. What is free is used again.
  }

  protected override view(offset: number, length: number): Piece {
    this.reserve(offset, length);
    return { buffer: this.#memory, start: offset };
  }
}
