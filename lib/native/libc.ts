import type * as Koffi from 'koffi';
import { getSystemErrorName } from 'node:util';
import { NotImplementedError } from '../util/exceptions';
import { OSError } from '../util/os_errors';

/** What of the C library is used; koffi, which calls it, takes 20 ms to load and is loaded by who needs it. */
export interface Libc {
  /** Maps a file to be read, written and shared; `null` if the process may not have so many addresses. */
  mmap(length: number, fd: number): bigint | null;
  munmap(address: bigint, length: number): void;
  /**
   * Puts fresh memory in the place of what was mapped there: the file is given back, and who still reads or writes at
   * these addresses does no harm.
   */
  replace(address: bigint, length: number): void;
  /** The memory at an address. */
  view(address: bigint, length: number): ArrayBuffer;
  /**
   * Makes sure that the bytes of a file are there: without it, a full disk or memory is a SIGBUS.
   *
   * @returns 0, or the number of the error.
   */
  allocate(fd: number, offset: number, length: number): number;
  /** Gives bytes of a file back to the system: they are zero again, and take no memory. */
  punch(fd: number, offset: number, length: number): void;
  /** A lock on a file that others may share; it holds as long as anybody has this descriptor or a copy of it. */
  lock(fd: number): void;
  /** A file in memory without a name; its descriptor, or below 0 if there cannot be one. */
  memfd(): number;
  /** Both ends of a pipe: neither blocks, neither is inherited. */
  pipe(): [number, number];
  /** The descriptor, or the number of the error below 0. The path is in ASCII. */
  open(path: string, flags: number): number;
  close(fd: number): void;
  /** How much was read, or the number of the error below 0. */
  read(fd: number, into: Uint8Array): number;
  /** How much was written, or the number of the error below 0. */
  write(fd: number, bytes: Uint8Array): number;
  /** The descriptor `to` stands for what `from` does. */
  dup(from: number, to: number): void;
  /** Sleeps while the word at the start of the array is `value`, up to so many milliseconds. Blocks the thread. */
  futexWait(word: Int32Array, value: number, milliseconds: number): void;
  /**
   * @param count - so many of those who sleep. @default all
   * @returns how many were woken.
   */
  futexWake(word: Int32Array, count?: number): number;
  /** The system's number of this thread. */
  gettid(): number;
}

/** What mmap returns when it cannot: -1, as an address. */
const FAILED = 0xffff_ffff_ffff_ffffn;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
/** MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS, MAP_NORESERVE. */
const MAP_OVER = 0x2 | 0x10 | 0x20 | 0x4000;
const LOCK_SH = 1;
const MADV_DONTDUMP = 16;
const FALLOC_PUNCH_HOLE = 3;
const MFD_CLOEXEC = 1;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EINTR = 4;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;

/** Numbers of system calls: futex(2), gettid(2). Processors with 64 bits, and the lower half first. */
const NUMBERS: Partial<Record<string, readonly [number, number]>> = {
  x64: [202, 186],
  arm64: [98, 178],
  riscv64: [98, 178],
  loong64: [98, 178],
};

/** Can processes share memory here? */
export const isSupported = (): boolean => process.platform === 'linux' && NUMBERS[process.arch] !== undefined;

/** The error of this number in a call of the system. */
export function systemError(call: string, errno: number): OSError {
  const code = getSystemErrorName(-errno);
  return new OSError(`[Errno ${errno}] ${code}: ${call}`, { errno, code });
}

let loaded: Libc | null = null;

/** @throws NotImplementedError where it does not work, with what does. */
export function libc(): Libc {
  return (loaded ??= load());
}

function load(): Libc {
  const numbers = NUMBERS[process.arch];
  if (!isSupported() || numbers === undefined) {
    throw new NotImplementedError(
      `shared memory between processes is not available on ${process.platform} ${process.arch}: ` +
        'use threads (ThreadPool, get_context("thread")) with a SharedArrayBuffer, or send the data with the calls',
    );
  }
  return bind(loadKoffi(), ...numbers);
}

function loadKoffi(): typeof Koffi {
  try {
    return require('koffi') as typeof Koffi;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ERR_DLOPEN_DISABLED'
        ? 'this process may not load native code: start node with --allow-addons'
        : 'its native part, koffi, cannot be loaded';
    throw new NotImplementedError(`shared memory between processes is not available: ${reason}`, { cause });
  }
}

type Args = readonly (number | bigint | string | ArrayBufferView | null)[];

function bind(koffi: typeof Koffi, futexNumber: number, gettidNumber: number): Libc {
  const lib = koffi.load(null);
  /** In koffi's spelling of C: its `long` has 64 bits here. */
  const int = (declaration: string) => lib.func(declaration) as (...args: Args) => number;
  /** The C library returns -1 and puts the number of the error elsewhere. */
  const orError = (result: number): number => (result < 0 ? -koffi.errno() : result);

  const mmap = lib.func(
    'void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset)',
  ) as (...args: Args) => bigint;
  const munmap = int('int munmap(void *addr, size_t length)');
  const madvise = int('int madvise(void *addr, size_t length, int advice)');
  const fallocate = int('int fallocate(int fd, int mode, long offset, long length)');
  const flock = int('int flock(int fd, int operation)');
  const memfd = int('int memfd_create(const char *name, unsigned int flags)');
  const pipe2 = lib.func('int pipe2(_Out_ int *ends, int flags)') as (
    ends: number[],
    flags: number,
  ) => number;
  const open = int('int open(const char *path, int flags)');
  const close = int('int close(int fd)');
  const read = int('long read(int fd, void *into, size_t length)');
  const write = int('long write(int fd, void *bytes, size_t length)');
  const dup3 = int('int dup3(int from, int to, int flags)');
  const futex = int(
    'long syscall(long number, void *word, int op, uint32_t value, void *timeout, void *second, uint32_t third)',
  );
  const thread = lib.func('syscall', 'long', ['long']) as (...args: Args) => number;
  const time = new BigInt64Array(2);

  return {
    mmap(length, fd) {
      const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (address === FAILED) return null;
      // A core dump would hold all of it, holes included.
      madvise(address, length, MADV_DONTDUMP);
      return address;
    },
    munmap(address, length) {
      munmap(address, length);
    },
    replace(address, length) {
      mmap(address, length, PROT_READ_WRITE, MAP_OVER, -1, 0);
    },
    view: (address, length) => koffi.view(address, length),
    allocate(fd, offset, length) {
      for (;;) {
        const result = orError(fallocate(fd, 0, offset, length));
        if (result !== -EINTR) return -result;
      }
    },
    punch(fd, offset, length) {
      fallocate(fd, FALLOC_PUNCH_HOLE, offset, length);
    },
    lock(fd) {
      flock(fd, LOCK_SH);
    },
    memfd: () => orError(memfd('multiprocessing-ts', MFD_CLOEXEC)),
    pipe() {
      const ends = [0, 0];
      if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) !== 0) throw systemError('pipe', koffi.errno());
      return ends as [number, number];
    },
    open: (path, flags) => orError(open(path, flags)),
    close(fd) {
      close(fd);
    },
    read: (fd, into) => orError(read(fd, into, into.byteLength)),
    write: (fd, bytes) => orError(write(fd, bytes, bytes.byteLength)),
    dup(from, to) {
      dup3(from, to, O_CLOEXEC);
    },
    futexWait(word, value, milliseconds) {
      const nanoseconds = Math.max(0, Math.round(milliseconds * 1e6));
      time[0] = BigInt(Math.floor(nanoseconds / 1e9));
      time[1] = BigInt(nanoseconds % 1e9);
      futex(futexNumber, word, FUTEX_WAIT, value >>> 0, time, null, 0);
    },
    futexWake: (word, count = 0x7fffffff) => futex(futexNumber, word, FUTEX_WAKE, count, null, null, 0),
    gettid: () => thread(gettidNumber),
  };
}
