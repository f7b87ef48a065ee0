import type * as Koffi from 'koffi';
import { getSystemErrorName } from 'node:util';
import { NotImplementedError } from '../util/exceptions';
import { cannotBeBundled, isBundled } from '../util/home';
import { OSError } from '../util/os_errors';
import { uninterrupted } from '../util/uninterrupted';

/** A signal that is caught. */
export interface Caught {
  /** Has one come since this was asked? */
  came(): boolean;
  /** Somebody may have set another action: that one waits until this is released. */
  again(): void;
  /** Gives it up; true if one has come that nobody has asked for. */
  release(): boolean;
}

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
  /**
   * Sleeps until one of `count` descriptors is ready, up to so many milliseconds: poll(2).
   *
   * @returns how many are, or the number of the error below 0.
   */
  poll(descriptors: Int32Array, count: number, milliseconds: number): number;
  /** A descriptor that is ready to be read when the process has ended, or the number of the error below 0. */
  pidfd(pid: number): number;
  /** From now on a signal of this number ends sleeps of this thread, and does nothing else, until it is released. */
  catchSignal(number: number): Caught;
  /** Another descriptor for the same, or the number of the error below 0. */
  copy(fd: number): number;
  /** A socket for streams that does not block, or the number of the error below 0. */
  socket(domain: number): number;
  /** Connects it to a `struct sockaddr`. @returns 0, or the number of the error below 0. */
  connect(fd: number, address: Uint8Array): number;
  /** The number of the error of a socket that was connecting; 0 for none. */
  socketError(fd: number): number;
  /** The next that has connected to this one, or the number of the error below 0. Does not block, nor does what it gives. */
  accept(fd: number): number;
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
/** pidfd_open(2), the same on all processors. */
const PIDFD_OPEN = 434;
const F_DUPFD_CLOEXEC = 1030;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
/** `struct sigaction`: the handler, a set of 1024 signals, the flags, and what the C library puts behind them. */
const SIGACTION_WORDS = 19;
const SIGACTION_FLAGS = 34;
/** The signal is caught once, then its action is the default one: that tells that it has come. */
const SA_RESETHAND = 0x8000_0000;
const SIG_DFL = 0n;
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
const isSupported = (): boolean => process.platform === 'linux' && NUMBERS[process.arch] !== undefined;

/** The error of this number in a call of the system. */
export function systemError(call: string, errno: number): OSError {
  const code = getSystemErrorName(-errno);
  return new OSError(`[Errno ${errno}] ${code}: ${call}`, { errno, code });
}

/** What works where processes cannot share memory. */
const INSTEAD = 'use threads (ThreadPool, get_context("thread")), a Manager, or send the data with the calls';

let loaded: Libc | null = null;

/**
 * Can it be had here? As far as that can be told without koffi: which is loaded only if this process may not load all
 * native code.
 */
export function isBound(): boolean {
  if (loaded !== null) return true;
  if (!isSupported()) return false;
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  const { permission } = process as { readonly permission?: unknown };
  if (permission === undefined && !flags.includes('--no-addons')) return true;
  try {
    libc();
    return true;
  } catch {
    return false;
  }
}

/** @throws NotImplementedError where it does not work, with what does. */
export function libc(): Libc {
  return (loaded ??= uninterrupted(load));
}

function load(): Libc {
  const numbers = NUMBERS[process.arch];
  if (!isSupported() || numbers === undefined) {
    throw new NotImplementedError(
      `shared memory between processes is not available on ${process.platform} ${process.arch}: ${INSTEAD}`,
    );
  }
  return bind(loadKoffi(), ...numbers);
}

function loadKoffi(): typeof Koffi {
  try {
    return require('koffi') as typeof Koffi;
  } catch (cause) {
    if (isBundled()) cannotBeBundled();
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
  const poll = int('int poll(void *descriptors, unsigned long count, int milliseconds)');
  const pidfd = lib.func('syscall', 'long', ['long', 'int', 'unsigned int']) as (...args: Args) => number;
  const fcntl = int('int fcntl(int fd, int command, ...)') as unknown as (
    fd: number,
    command: number,
    type: string,
    value: number,
  ) => number;
  const sigaction = int('int sigaction(int number, void *action, void *before)');
  const dlsym = lib.func('void *dlsym(void *library, const char *name)') as (...args: Args) => bigint;
  /** It does nothing with a number that would harm anybody. */
  let harmless: BigUint64Array | null = null;
  const thread = lib.func('syscall', 'long', ['long']) as (...args: Args) => number;
  const socket = int('int socket(int domain, int type, int protocol)');
  const connect = int('int connect(int fd, void *address, uint32_t length)');
  const getsockopt = int('int getsockopt(int fd, int level, int name, void *value, void *length)');
  const accept4 = int('int accept4(int fd, void *address, void *length, int flags)');
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
    view: (address, length) => uninterrupted(() => koffi.view(address, length)),
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
      const result = uninterrupted(() => pipe2(ends, O_NONBLOCK | O_CLOEXEC));
      if (result !== 0) throw systemError('pipe', koffi.errno());
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
    poll: (descriptors, count, milliseconds) => orError(poll(descriptors, count, milliseconds)),
    pidfd: (pid) => orError(pidfd(PIDFD_OPEN, pid, 0)),
    catchSignal(number) {
      if (harmless === null) {
        harmless = new BigUint64Array(SIGACTION_WORDS);
        harmless[0] = dlsym(null, 'abs');
        new Uint32Array(harmless.buffer)[SIGACTION_FLAGS] = SA_RESETHAND;
      }
      const handler = harmless;
      let before = new BigUint64Array(SIGACTION_WORDS);
      let present = new BigUint64Array(SIGACTION_WORDS);
      sigaction(number, handler, before);
      return {
        again() {
          sigaction(number, handler, present);
          if (present[0] !== handler[0]) [before, present] = [present, before];
        },
        came() {
          sigaction(number, null, present);
          if (present[0] !== SIG_DFL) return false;
          sigaction(number, handler, null);
          return true;
        },
        release() {
          sigaction(number, null, present);
          // Who has set another one meanwhile keeps that.
          if (present[0] === SIG_DFL || present[0] === handler[0]) sigaction(number, before, null);
          return present[0] === SIG_DFL;
        },
      };
    },
    copy: (fd) => orError(fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0)),
    socket: (domain) => orError(socket(domain, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0)),
    connect: (fd, address) => orError(connect(fd, address, address.byteLength)),
    socketError(fd) {
      const value = new Int32Array(1);
      const result = orError(getsockopt(fd, SOL_SOCKET, SO_ERROR, value, Int32Array.of(value.byteLength)));
      return result < 0 ? -result : (value[0] as number);
    },
    accept: (fd) => orError(accept4(fd, null, null, SOCK_NONBLOCK_CLOEXEC)),
  };
}
