import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
import { FileNotFoundError, OverflowError, ValueError } from '../errors';
import { libc } from '../native/libc';
import { Segment } from '../native/segment';
import { REDUCE } from '../reduction/registry';
import { signature } from '../util/keywords';
import { osErrorOf } from '../util/os_error_of';
import { repr, type_name } from '../util/repr';
import { track, untrack } from './tracker';

/** Where the system keeps shared memory that has a name. */
const FOLDER = '/dev/shm/';
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
/** The C library takes no names that are longer, in bytes. */
const LONGEST = 255;
const EEXIST = 17;
const EINVAL = 22;
const ENOMEM = 12;

const bind = signature({
  name: 'SharedMemory',
  defaults: (): { name: unknown; create: unknown; size: unknown; track: unknown } => ({
    name: null,
    create: false,
    size: 0,
    track: true,
  }),
  keywordOnly: ['track'],
});

/** Keywords of {@link SharedMemory}. */
export interface SharedMemoryOptions {
  /** The name to attach to, or to create. @default one that is free */
  readonly name?: string | null;
  /** Make it; else it must exist. @default false */
  readonly create?: boolean;
  /** Bytes of what is created. @default 0, which is an error */
  readonly size?: number;
  /** Unlink what is created when the program has ended and nobody has. @default true */
  readonly track?: boolean;
}

/**
 * Shared memory with a name, under which any program finds it, CPython's too.
 *
 * Python's `multiprocessing.shared_memory.SharedMemory`. It can be sent with any call: the receiver attaches by the
 * name. What was created is tracked as there: if all of this program's processes have ended, however they did, and it
 * was not unlinked, it is, with a warning. Attaching does not track: see {@link file://../../docs/shared_memory.md}.
 *
 * @throws ValueError for a size that cannot be, or no name where one is needed.
 * @throws FileExistsError, FileNotFoundError, OSError as the system says; when there is no room for all of it as well.
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const shm = new SharedMemory({ create: true, size: 16 });
 * const same = new SharedMemory(shm.name);
 * shm.buf[0] = 7;
 * same.buf[0]; // 7
 * same.close();
 * shm.close();
 * shm.unlink();
 */
export class SharedMemory {
  static readonly [REDUCE] = {
    reduce: ({ name }: SharedMemory): string => name,
    rebuild: (name: string): SharedMemory => new SharedMemory(name),
  };

  readonly #name: string;
  readonly #size: number;
  #segment: Segment | null;
  #buf: Uint8Array | null;

  /**
   * @param name - the name to attach to, or to create. @default one that is free
   * @param create - make it; else it must exist. @default false
   * @param size - bytes of what is created; what exists has the size it has.
   */
  constructor(
    name?: string | null | SharedMemoryOptions,
    create?: boolean | Omit<SharedMemoryOptions, 'name'>,
    size?: number | Omit<SharedMemoryOptions, 'name' | 'create'>,
    options?: Pick<SharedMemoryOptions, 'track'>,
  );
  constructor(...args: unknown[]) {
    const given = bind(args);
    const bytes = checkSize(given.size, Boolean(given.create));
    checkName(given.name, Boolean(given.create));
    const { fd, name } = open(given.name, Boolean(given.create));
    try {
      if (given.create) fill(fd, bytes);
      const { size, ino } = fstatSync(fd);
      if (size === 0) throw new ValueError('cannot mmap an empty file');
      this.#segment = Segment.map(fd, size);
      if (this.#segment === null) throw osErrorOf(ENOMEM);
      this.#buf = new Uint8Array(this.#segment.buffer);
      this.#name = name;
      this.#size = size;
      if (given.create && given.track) track(fileOf(name), ino);
    } catch (error) {
      if (given.create) unlinkSync(fileOf(name));
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * All of its bytes. After `close()` it is `null`, as Python's is `None`; the type is silent about it, since nobody
   * uses it then. Views of it that were made before have length 0 then; Python refuses to close.
   */
  get buf(): Uint8Array {
    return this.#buf as Uint8Array;
  }

  /** What others attach with. */
  get name(): string {
    return this.#name.startsWith('/') ? this.#name.slice(1) : this.#name;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** Lets go of the memory, here; for others it stays. To close it again does nothing. */
  close(): void {
    this.#segment?.close();
    this.#segment = null;
    this.#buf = null;
  }

  /**
   * Takes the name away: nobody can attach any more, and when all have closed it, it is gone. To be called once, by
   * anybody.
   *
   * @throws FileNotFoundError if somebody has done so.
   */
  unlink(): void {
    const file = fileOf(this.#name);
    try {
      system(this.#name, () => {
        unlinkSync(file);
      });
    } catch (error) {
      if (error instanceof FileNotFoundError) untrack(file);
      throw error;
    }
    untrack(file);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** `SharedMemory('psm_0a1b2c3d', size=16)` */
  toString(): string {
    return `${this.constructor.name}(${repr(this.name)}, size=${this.size})`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function checkSize(given: unknown, creates: boolean): number {
  if (typeof given !== 'number' && typeof given !== 'boolean' && typeof given !== 'bigint') {
    throw new TypeError(`'>=' not supported between instances of '${type_name(given)}' and 'int'`);
  }
  const size = Number(given);
  if (!(size >= 0)) throw new ValueError("'size' must be a positive integer");
  if (!creates) return 0;
  if (size === 0) throw new ValueError("'size' must be a positive number different from zero");
  if (!Number.isInteger(size)) {
    throw new TypeError("'float' object cannot be interpreted as an integer");
  }
  if (size >= 2 ** 63) throw new OverflowError('Python int too large to convert to C long');
  if (Number.isSafeInteger(size)) return size;
  throw osErrorOf(ENOMEM);
}

function checkName(given: unknown, creates: boolean): asserts given is string | null {
  if (given === null) {
    if (creates) return;
    throw new ValueError("'name' can only be None if create=True");
  }
  if (typeof given !== 'string') {
    throw new TypeError(`can only concatenate str (not "${type_name(given)}") to str`);
  }
  if (given.includes('\0')) throw new ValueError('embedded null character');
}

/** As in the C library: slashes before the name are no part of it. Python's `_name` begins with one. */
const fileOf = (name: string): string => FOLDER + name.replace(/^\/+/, '');

interface Opened {
  readonly fd: number;
  /** With a slash before it. */
  readonly name: string;
}

function open(given: string | null, creates: boolean): Opened {
  const flags = O_RDWR | O_NOFOLLOW | (creates ? O_CREAT | O_EXCL : 0);
  libc();
  for (;;) {
    const name = `/${given ?? `psm_${randomBytes(4).toString('hex')}`}`;
    try {
      const fd = system(name, () => openSync(fileOf(name), flags, 0o600));
      return { fd, name };
    } catch (error) {
      if (given !== null || (error as { errno?: unknown }).errno !== EEXIST) throw error;
    }
  }
}

/** @throws OSError in Python's words. */
function system<T>(name: string, call: () => T): T {
  const [, bare = ''] = /^\/+(.*)$/s.exec(name) ?? [];
  if (bare === '' || bare.includes('/') || Buffer.byteLength(bare) > LONGEST) throw osErrorOf(EINVAL, name);
  try {
    return call();
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : osErrorOf(-errno, name);
  }
}

/** All of its bytes must be there: without that, the first use of one that is not there is a SIGBUS. */
function fill(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : osErrorOf(-errno);
  }
  const errno = libc().allocate(fd, 0, size);
  if (errno !== 0) throw osErrorOf(errno);
}
