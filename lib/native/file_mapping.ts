import { fstatSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { MemoryError, NotImplementedError } from '../util/exceptions';
import { adoptFamily, family, type Family } from '../util/family_file';
import { REACH, WINDOW } from './layout';
import { libc } from './libc';
import { Mapping, type Piece } from './mapping';
import { Notes, type Place } from './notes';

/** So much of the file must be mapped at least. */
const LEAST = 2 ** 28;
const ENOSPC = 28;

/**
 * The file that a family shares in the memory of this process: mapped once, as a whole, as its holes cost nothing. Who
 * touches what nobody has {@link FileMapping.reserve | reserved} dies of a SIGBUS.
 */
export class FileMapping extends Mapping {
  readonly notes: Notes;
  readonly name: number;
  readonly givesBack = true;
  readonly isOfThreads = false;
  readonly #fd: number;
  readonly #place: Place;

  /**
   * @throws NotImplementedError where processes cannot share memory.
   * @throws MemoryError when there is none.
   */
  constructor() {
    super();
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

  override reserve(offset: number, length: number): void {
    const error = libc().allocate(this.#fd, offset, length);
    if (error === 0) return;
    const reason =
      error === ENOSPC ? 'the file system that it lies in (/dev/shm) is full' : getSystemErrorName(-error);
    throw new MemoryError(`no shared memory is left: ${reason}`);
  }

  override release(offset: number, length: number): void {
    libc().punch(this.#fd, offset, length);
  }

  protected override view(offset: number, length: number): Piece {
    if (offset + length > this.length) {
      throw new MemoryError('no shared memory is left: the address space is limited (ulimit -v)');
    }
    return { buffer: libc().view(this.#place.address + BigInt(offset), length), start: 0 };
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
