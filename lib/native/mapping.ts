import { Buffer } from 'node:buffer';
import { fstatSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { MemoryError, NotImplementedError } from '../util/exceptions';
import { adoptFamily, family, type Family } from '../util/family_file';
import { REACH, WINDOW } from './layout';
import { libc } from './libc';
import { Notes, type Place } from './notes';

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

/** So much of the file must be mapped at least. */
const LEAST = 2 ** 28;
const ENOSPC = 28;

/**
 * The shared file in the memory of this process: mapped once, as a whole, as its holes cost nothing. Who touches what
 * nobody has {@link Mapping.reserve | reserved} dies of a SIGBUS.
 */
export class Mapping {
  readonly notes: Notes;
  /** The name of the file among all there are: whoever has another file shares nothing with us. */
  readonly name: number;
  readonly #fd: number;
  readonly #place: Place;
  readonly #windows: (Window | undefined)[] = [];
  /** Blocks larger than a window, by their offset. */
  readonly #large = new Map<number, Window>();

  /**
   * @throws NotImplementedError where processes cannot share memory.
   * @throws MemoryError when there is none.
   */
  constructor() {
    libc();
    const family = open();
    this.#fd = family.fd;
    this.name = fstatSync(this.#fd).ino;
    this.notes = new Notes(family);
    this.reserve(0, WINDOW);
    this.#place = this.notes.place ?? this.#map();
  }

  #map(): Place {
    for (let length = REACH; length >= LEAST; length /= 2) {
      const address = libc().mmap(length, this.#fd);
      if (address === null) continue;
      const place = { address, length };
      if (this.notes.settle(place)) return place;
      libc().munmap(address, length);
      return this.notes.place as Place;
    }
    throw new MemoryError('the shared memory cannot be mapped: is the address space limited (ulimit -v)?');
  }

  /** How much of the file this process can see. */
  get length(): number {
    return this.#place.length;
  }

  /**
   * Makes sure that these bytes can be touched.
   *
   * @throws MemoryError when there is no memory for them.
   */
  reserve(offset: number, length: number): void {
    const error = libc().allocate(this.#fd, offset, length);
    if (error === 0) return;
    const reason =
      error === ENOSPC ? 'the file system that it lies in (/dev/shm) is full' : getSystemErrorName(-error);
    throw new MemoryError(`no shared memory is left: ${reason}`);
  }

  /** Gives the memory behind these bytes back; they must be {@link Mapping.reserve | reserved} before the next use. */
  release(offset: number, length: number): void {
    libc().punch(this.#fd, offset, length);
  }

  /** The bytes from `offset` on. */
  piece(offset: number, length: number): Piece {
    if (isSmall(offset, length)) return { buffer: this.#window(offset).buffer, start: offset % WINDOW };
    return { buffer: this.#view(offset, length), start: 0 };
  }

  /** As {@link Mapping.piece}, with the views that are there already: it begins in them at {@link startOf}. */
  window(offset: number, length: number): Window {
    if (isSmall(offset, length)) return this.#window(offset);
    let large = this.#large.get(offset);
    if (large === undefined || large.buffer.byteLength < length) {
      // All of the block, so that this holds for whatever lies in it later.
      large = new Window(this.#view(offset, 2 ** Math.ceil(Math.log2(length))));
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
    return (this.#windows[index] ??= new Window(this.#view(index * WINDOW, WINDOW)));
  }

  #view(offset: number, length: number): ArrayBuffer {
    if (offset + length > this.length) {
      throw new MemoryError('no shared memory is left: the address space is limited (ulimit -v)');
    }
    return libc().view(this.#place.address + BigInt(offset), length);
  }
}

function open(): Family {
  try {
    return family();
  } catch (cause) {
    // Where no file can be written there can still be one without any file system.
    const fd = libc().memfd();
    if (fd >= 0) return adoptFamily(fd);
    throw new NotImplementedError('shared memory between processes is not available: no file can be made', {
      cause,
    });
  }
}

const isSmall = (offset: number, length: number): boolean => (offset % WINDOW) + length <= WINDOW;

/** Where a piece begins in its window, in bytes. */
export const startOf = (offset: number, length: number): number =>
  isSmall(offset, length) ? offset % WINDOW : 0;
