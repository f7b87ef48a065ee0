import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { FileClaims } from '../lib/wire/file_claims';
import { FileJournal } from '../lib/wire/file_journal';
import { encodeFrame, FrameReader } from '../lib/wire/framing';
import type * as Memory from '../lib/wire/process_memory';
import { WorkerFd, type Message } from '../lib/wire/protocol';
import type * as Ask from './ask';
import type { Question } from './ask';
import type { Server, ServerPort } from './serve';

/** Bytes read at once into memory that is used again. */
const SCRATCH = 65_536;

/** The channel of a worker process: a socket that calls come from, and one that results go to. */
export class ProcessPort implements ServerPort {
  readonly sharesMemory = false;
  readonly claims: FileClaims | null;
  readonly journal: FileJournal | null;
  readonly #calls: Socket;
  readonly #results = new Socket({ fd: WorkerFd.Results, readable: false, writable: true });
  readonly #reader = new FrameReader((text, blocks) => {
    this.#serve(text, blocks);
  });
  /** Somebody waits for the channel to be free again. */
  #waiting = false;
  #work: () => void = () => undefined;
  /** After each write. Not 'drain': a socket only says that when more than its high water mark was waiting. */
  readonly #sent = (): void => {
    if (!this.#waiting || this.#results.writableLength > 0) return;
    this.#waiting = false;
    this.#work();
  };
  #serve: (text: string, blocks: readonly Uint8Array[]) => void = () => undefined;
  /** The parent is gone, whether it closed the channel or was killed: nobody waits for an answer. */
  #orphaned: () => void = () => {
    exit(0);
  };

  constructor() {
    const shared = isFile(WorkerFd.Claims) && isFile(WorkerFd.Journal);
    this.claims = shared ? new FileClaims(WorkerFd.Claims) : null;
    this.journal = shared ? new FileJournal(WorkerFd.Journal) : null;
    // Reading into our own memory: big blocks arrive in their place, small ones cost no allocation.
    const scratch = Buffer.allocUnsafeSlow(SCRATCH);
    let target: Buffer = scratch;
    this.#calls = new Socket({
      fd: WorkerFd.Calls,
      readable: true,
      writable: false,
      onread: {
        buffer: () => (target = this.#reader.target ?? scratch),
        callback: (bytes) => {
          if (target === scratch) this.#reader.push(scratch.subarray(0, bytes), true);
          else this.#reader.advance(bytes);
          return true;
        },
      },
    } as SocketConstructorOpts & { onread: OnReadOpts });
    const files: readonly number[] = [WorkerFd.Claims, WorkerFd.Journal, WorkerFd.Family];
    // Who outlives the parent has no sockets any more: their numbers are those of other files.
    guard(
      (fd) =>
        files.includes(fd) ||
        (fd === WorkerFd.Calls && !this.#calls.destroyed) ||
        (fd === WorkerFd.Results && !this.#results.destroyed),
    );
  }

  get congested(): boolean {
    return (this.#waiting = this.#results.writableLength > 0);
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    const pieces = encodeFrame(`[${messages}]`, blocks);
    if (pieces.length > 1) this.#results.cork();
    for (const piece of pieces) this.#results.write(piece, this.#sent);
    if (pieces.length > 1) this.#results.uncork();
  }

  share(place: unknown): Memory.ProcessMemory | null {
    try {
      const { ProcessMemory } = require('../lib/wire/process_memory') as typeof Memory;
      return ProcessMemory.at(place as Parameters<typeof ProcessMemory.at>[0], this.journal?.frame ?? 0);
    } catch {
      // The files do as well.
      return null;
    }
  }

  end(code: number): void {
    // What was said must arrive before the process is gone.
    this.#results.end(() => {
      exit(code);
    });
  }

  release(orphaned: () => void): void {
    this.#orphaned = orphaned;
    this.hold(false);
  }

  hold(on: boolean): void {
    if (on) this.#calls.ref();
    else this.#calls.unref();
  }

  ask(message: string, question: Question): void {
    const { askFromProcess } = require('./ask') as typeof Ask;
    askFromProcess(message, question);
  }

  serve(server: Server): void {
    this.#serve = (text, blocks) => {
      server.receive(JSON.parse(text) as Message[], blocks);
    };
    if (this.claims === null && isFile(WorkerFd.Letter)) this.#readLetter();
    this.#calls.resume();
    this.#work = () => {
      server.work();
    };
    const orphaned = (): void => {
      this.#orphaned();
    };
    this.#calls.on('end', orphaned);
    this.#calls.on('error', orphaned);
    this.#results.on('error', orphaned);
  }

  /** Leaves it empty, and open: its number stays that of no other file. */
  #readLetter(): void {
    const scratch = Buffer.allocUnsafeSlow(SCRATCH);
    for (let at = 0; ;) {
      const target = this.#reader.target ?? scratch;
      const bytes = fs.readSync(WorkerFd.Letter, target, 0, target.length, at);
      if (bytes === 0) break;
      at += bytes;
      if (target === scratch) this.#reader.push(scratch.subarray(0, bytes), true);
      else this.#reader.advance(bytes);
    }
    fs.ftruncateSync(WorkerFd.Letter);
  }
}

const exit = process.exit.bind(process);

export function isFile(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** Code that closes descriptors by number ("all above 2") must not cut the worker off. */
function guard(isOwn: (fd: number) => boolean): void {
  const { close, closeSync } = fs;
  const badFd = (): Error =>
    Object.assign(new Error('EBADF: bad file descriptor, close'), {
      code: 'EBADF',
      errno: -9,
      syscall: 'close',
    });
  fs.closeSync = (fd) => {
    if (isOwn(fd)) throw badFd();
    closeSync(fd);
  };
  fs.close = Object.assign((fd: number, callback?: fs.NoParamCallback): void => {
    if (!isOwn(fd)) close(fd, callback);
    else if (callback !== undefined) process.nextTick(callback, badFd());
  }, close);
}
