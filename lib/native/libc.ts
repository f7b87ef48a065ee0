import type * as Koffi from 'koffi';
import { NotImplementedError } from '../util/exceptions';

/** What of the C library is used; koffi, which calls it, takes 20 ms to load and is loaded by who needs it. */
export interface Libc {
  mmap(length: number, fd: number, offset: number): ArrayBuffer;
  /** Makes sure that the bytes are there: without it, a full disk or memory is a SIGBUS. False if they cannot be. */
  reserve(fd: number, offset: number, length: number): boolean;
  /** Both ends of a pipe: neither blocks, neither is inherited. */
  pipe(): [number, number];
  /** Sleeps while the word at the start of the buffer is `value`, up to so many milliseconds. Blocks the thread. */
  futexWait(word: Int32Array, value: number, milliseconds: number): void;
  futexWake(word: Int32Array): void;
  /** The system's number of this thread. */
  gettid(): number;
}

/** What mmap returns when it cannot: -1, as an address. */
const FAILED = 0xffff_ffff_ffff_ffffn;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
/** Numbers of system calls: futex(2), gettid(2). */
const NUMBERS: Partial<Record<string, readonly [number, number]>> = { x64: [202, 186], arm64: [98, 178] };

/** Can processes share memory here? */
export const isSupported = (): boolean => process.platform === 'linux' && NUMBERS[process.arch] !== undefined;

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
        'use threads (ThreadPool, get_context("thread")), or send the data with the calls',
    );
  }
  const koffi = require('koffi') as typeof Koffi;
  const lib = koffi.load(null);
  const mmap = lib.func(
    'void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)',
  ) as (addr: null, length: number, prot: number, flags: number, fd: number, offset: number) => bigint;
  const fallocate = lib.func('int fallocate(int fd, int mode, int64_t offset, int64_t length)') as (
    fd: number,
    mode: number,
    offset: number,
    length: number,
  ) => number;
  const pipe2 = lib.func('int pipe2(_Out_ int *ends, int flags)') as (
    ends: number[],
    flags: number,
  ) => number;
  const futex = lib.func('syscall', 'long', [
    'long',
    'void *',
    'int',
    'uint32_t',
    'void *',
    'void *',
    'uint32_t',
  ]) as (
    number: number,
    word: Int32Array,
    op: number,
    value: number,
    timeout: BigInt64Array | null,
    second: null,
    third: number,
  ) => number;
  const thread = lib.func('syscall', 'long', ['long']) as (number: number) => number;
  const [futexNumber, gettidNumber] = numbers;
  const time = new BigInt64Array(2);
  const failed = (call: string): Error => {
    const code = koffi.errno();
    return Object.assign(new Error(`${call} failed with errno ${code}`), { errno: code, syscall: call });
  };
  return {
    mmap(length, fd, offset) {
      const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, offset);
      if (address === FAILED) throw failed('mmap');
      return koffi.view(address, length);
    },
    reserve: (fd, offset, length) => fallocate(fd, 0, offset, length) === 0,
    pipe() {
      const ends = [0, 0];
      if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) !== 0) throw failed('pipe');
      return ends as [number, number];
    },
    futexWait(word, value, milliseconds) {
      const nanoseconds = Math.max(0, Math.round(milliseconds * 1e6));
      time[0] = BigInt(Math.floor(nanoseconds / 1e9));
      time[1] = BigInt(nanoseconds % 1e9);
      futex(futexNumber, word, FUTEX_WAIT, value >>> 0, time, null, 0);
    },
    futexWake(word) {
      futex(futexNumber, word, FUTEX_WAKE, 0x7fffffff, null, null, 0);
    },
    gettid: () => thread(gettidNumber),
  };
}
