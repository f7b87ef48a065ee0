import { Buffer } from 'node:buffer';
import { ftruncateSync } from 'node:fs';
import { familyFile } from '../util/family_file';
import { FILE_LENGTH, WINDOW } from './layout';
import { libc } from './libc';

/** A part of the shared file in this thread's memory, with the views that everybody uses. */
export class Window {
  readonly buffer: ArrayBuffer;
  readonly words: Int32Array;
  readonly bytes: Buffer;

  constructor(buffer: ArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.bytes = Buffer.from(buffer);
  }
}

/** A piece of the shared file. */
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
  readonly #windows: (Window | undefined)[] = [];
  /** Blocks larger than a window, by their offset. */
  readonly #large = new Map<number, Window>();

  constructor() {
    this.fd = familyFile();
    // Again and again the same length: it never becomes shorter.
    ftruncateSync(this.fd, FILE_LENGTH);
  }

  /** The bytes from `offset` on: within one window, or exactly one block of whole windows. */
  piece(offset: number, length: number): Piece {
    const { buffer } = this.window(offset, length);
    return { buffer, start: startOf(offset, length) };
  }

  /** As {@link Mapping.piece}, with the views that are there already: it begins in them at {@link startOf}. */
  window(offset: number, length: number): Window {
    if (isSmall(offset, length)) return (this.#windows[indexOf(offset)] ??= this.#open(offset));
    let large = this.#large.get(offset);
    if (large === undefined || large.buffer.byteLength < length) {
      // All of the block, so that this holds for whatever lies in it later.
      large = new Window(libc().mmap(2 ** Math.ceil(Math.log2(length)), this.fd, offset));
      this.#large.set(offset, large);
    }
    return large;
  }

  words(offset: number, count: number): Int32Array {
    const { buffer, start } = this.piece(offset, count * 4);
    return new Int32Array(buffer, start, count);
  }

  #open(offset: number): Window {
    return new Window(libc().mmap(WINDOW, this.fd, indexOf(offset) * WINDOW));
  }
}

const indexOf = (offset: number): number => Math.floor(offset / WINDOW);
const isSmall = (offset: number, length: number): boolean => (offset % WINDOW) + length <= WINDOW;

/** Where a piece begins in its window, in bytes. */
export const startOf = (offset: number, length: number): number =>
  isSmall(offset, length) ? offset % WINDOW : 0;
