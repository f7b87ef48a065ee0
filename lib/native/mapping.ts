import { Buffer } from 'node:buffer';
import { WINDOW } from './layout';

/** Some bytes of the shared memory. */
export interface Piece {
  readonly buffer: ArrayBufferLike;
  /** Where they begin in the buffer, in bytes. */
  readonly start: number;
}

/** A part of the shared memory as this thread sees it, with the views that everybody uses. */
export class Window {
  readonly piece: Piece;
  readonly words: Int32Array;
  readonly bytes: Buffer;

  constructor(piece: Piece, length: number) {
    const { buffer, start } = piece;
    this.piece = piece;
    this.words = new Int32Array(buffer, start, length >> 2);
    this.bytes = Buffer.from(buffer, start, length);
  }
}

/** The memory that is shared, whoever gives it. Nobody may touch what was not {@link Mapping.reserve | reserved}. */
export abstract class Mapping {
  /** The name of the memory among all there are: whoever has another one shares nothing with us. */
  abstract readonly name: number;
  /** How much of it there can be. */
  abstract readonly length: number;
  /** What was released is zero when it is reserved again; else it is what it was. */
  abstract readonly givesBack: boolean;
  /** Only the threads of this process see it. */
  abstract readonly isOfThreads: boolean;
  readonly #windows: (Window | undefined)[] = [];
  /** Blocks larger than a window, by their offset. */
  readonly #large = new Map<number, Window>();

  /**
   * Makes sure that these bytes can be touched.
   *
   * @throws MemoryError when there is no memory for them.
   */
  abstract reserve(offset: number, length: number): void;

  /** Gives the memory behind these bytes back; they must be {@link Mapping.reserve | reserved} before the next use. */
  abstract release(offset: number, length: number): void;

  /** The bytes of a window, or of more than one. */
  protected abstract view(offset: number, length: number): Piece;

  /** The bytes from `offset` on. */
  piece(offset: number, length: number): Piece {
    if (!isSmall(offset, length)) return this.view(offset, length);
    const { buffer, start } = this.#window(offset).piece;
    return { buffer, start: start + (offset % WINDOW) };
  }

  /** As {@link Mapping.piece}, with the views that are there already: it begins in them at {@link startOf}. */
  window(offset: number, length: number): Window {
    if (isSmall(offset, length)) return this.#window(offset);
    let large = this.#large.get(offset);
    if (large === undefined || large.bytes.length < length) {
      // All of the block, so that this holds for whatever lies in it later.
      const whole = 2 ** Math.ceil(Math.log2(length));
      large = new Window(this.view(offset, whole), whole);
      this.#large.set(offset, large);
    }
    return large;
  }

  words(offset: number, count: number): Int32Array {
    const { buffer, start } = this.piece(offset, count * 4);
    return new Int32Array(buffer, start, count);
  }

  #window(offset: number): Window {
    const index = Math.floor(offset / WINDOW);
    return (this.#windows[index] ??= new Window(this.view(index * WINDOW, WINDOW), WINDOW));
  }
}

const isSmall = (offset: number, length: number): boolean => (offset % WINDOW) + length <= WINDOW;

/** Where a piece begins in its window, in bytes. */
export const startOf = (offset: number, length: number): number =>
  isSmall(offset, length) ? offset % WINDOW : 0;
