import { ftruncateSync } from 'node:fs';
import { familyFile } from '../util/family_file';
import { FILE_LENGTH, WINDOW } from './layout';
import { libc } from './libc';

/** A piece of the shared file in this thread's memory. */
export interface Piece {
  readonly buffer: ArrayBuffer;
  /** Where it begins in the buffer, in bytes. */
  readonly start: number;
}

/**
 * The shared file, mapped where it is used. What is mapped stays mapped: windows are used again and again, and their
 * holes cost nothing.
 */
export class Mapping {
  readonly fd: number;
  readonly #windows: (ArrayBuffer | undefined)[] = [];
  /** Blocks larger than a window, by their offset. */
  readonly #large = new Map<number, ArrayBuffer>();

  constructor() {
    this.fd = familyFile();
    // Again and again the same length: it never becomes shorter.
    ftruncateSync(this.fd, FILE_LENGTH);
  }

  /** The bytes from `offset` on: within one window, or exactly one block of whole windows. */
  piece(offset: number, length: number): Piece {
    const window = Math.floor(offset / WINDOW);
    const start = offset % WINDOW;
    if (start + length <= WINDOW) return { buffer: this.#window(window), start };
    let buffer = this.#large.get(offset);
    if (buffer === undefined || buffer.byteLength < length) {
      buffer = libc().mmap(length, this.fd, offset);
      this.#large.set(offset, buffer);
    }
    return { buffer, start: 0 };
  }

  words(offset: number, count: number): Int32Array {
    const { buffer, start } = this.piece(offset, count * 4);
    return new Int32Array(buffer, start, count);
  }

  #window(index: number): ArrayBuffer {
    return (this.#windows[index] ??= libc().mmap(WINDOW, this.fd, index * WINDOW));
  }
}
