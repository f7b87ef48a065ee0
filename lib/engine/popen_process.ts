import type { Buffer } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Socket } from 'node:net';
import { OSError } from '../errors';
import { SharedFiles } from '../wire/shared_files';
import { readJournal } from '../wire/file_journal';
import { encodeFrame, FrameReader } from '../wire/framing';
import { WorkerFd } from '../wire/protocol';
import { clearTimeout, setImmediate, setTimeout } from '../util/timers';
import { familyOrNone } from '../util/family_file';
import type { Exit } from './failure';
import { childEnvironment, childExecArgv } from './child_environment';
import { family } from './family';
import { Inbox } from './inbox';
import { LetterFile } from './letter_file';
import { dyingWithParent } from './parent_death';
import { SERVING, type Duty, type Launcher, type Worker, type WorkerEvents } from './worker';
import { workerEntry } from './worker_entry';
import { exitOf } from './zombie';

/** How long a worker may take to end after SIGTERM, in milliseconds (vitest's number). */
const GRACE = 500;
/** How long the channel of a dead worker may stay silent before it is taken as read, in milliseconds. */
const LINGER = 200;
/** How long a worker may take to end after it has closed its channel, in milliseconds. */
const CUT = 5000;
/** Bytes written and not yet taken by the worker, from which on it gets no more calls. */
const CONGESTED = 1 << 20;

/** A worker that is a process of its own, on two socket pairs: one for calls, one for results. */
export class ProcessWorker implements Worker {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #calls: Socket;
  readonly #results: Socket;
  readonly #events: WorkerEvents;
  readonly #duty: Duty;
  /** The claims and the journal of one that serves. */
  readonly #files: SharedFiles | null;
  readonly #inbox: Inbox;
  readonly #reader: FrameReader;
  #exit: Exit | null = null;
  #ended = false;
  #done = false;
  #terminating = false;
  #grace: NodeJS.Timeout | null = null;
  #linger: NodeJS.Timeout | null = null;

  constructor(events: WorkerEvents, duty: Duty) {
    this.#events = events;
    this.#duty = duty;
    try {
      this.#files = duty.serves ? SharedFiles.open() : null;
    } catch (error) {
      throw cannotStart(error);
    }
    const { first } = duty;
    const letter = first === undefined ? null : new LetterFile(`[${first.messages}]`, first.blocks);
    const journal = this.#files?.journal;
    this.#inbox = new Inbox(events, (frame) => (journal === undefined ? [] : readJournal(journal, frame)));
    this.#reader = new FrameReader((text, blocks) => {
      this.#inbox.frame(text, blocks);
    });
    const program = [...childExecArgv(), workerEntry('process')];
    const [command, args] = duty.daemon
      ? dyingWithParent(process.execPath, program)
      : [process.execPath, program];
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        stdio: [
          'ignore',
          'inherit',
          'inherit',
          'pipe',
          this.#files?.claims.fd ?? letter?.fd ?? 'ignore',
          this.#files?.journal ?? 'ignore',
          'pipe',
          familyOrNone()?.fd ?? 'ignore',
        ],
        env: childEnvironment(),
        windowsHide: true,
      });
    } catch (error) {
      // The permission model says no, and says it best.
      this.#files?.close();
      throw error;
    } finally {
      letter?.close();
    }
    this.#child = child;
    if (child.pid === undefined) {
      // The reason comes with the 'error' event, one tick too late for a constructor.
      child.once('error', () => undefined);
      this.#files?.close();
      throw cannotStart();
    }
    this.pid = child.pid;
    if (duty.serves) family.add(child);
    const stdio = child.stdio as readonly (Socket | null)[];
    this.#calls = stdio[WorkerFd.Calls] as Socket;
    this.#results = stdio[WorkerFd.Results] as Socket;
    this.#calls.on('drain', () => {
      events.drained();
    });
    // EPIPE and ECONNRESET say what 'exit' is about to say better.
    this.#calls.on('error', () => undefined);
    this.#calls.on('close', () => {
      this.#cut();
    });
    // Nothing comes here but the end.
    this.#calls.resume();
    this.#results.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      this.#linger?.refresh();
    });
    this.#results.on('error', () => undefined);
    this.#results.on('close', () => {
      this.#ended = true;
      this.#cut();
      this.#finish();
    });
    child.on('exit', (code, signal) => {
      this.#exited(code, signal);
    });
    // What the user awaits keeps the process alive, not that a worker exists.
    child.unref();
    this.#calls.unref();
    this.#results.unref();
    if (letter?.fd === null) this.#write(letter.pieces);
  }

  get congested(): boolean {
    return this.#calls.writableLength > CONGESTED;
  }

  get isSending(): boolean {
    return this.#calls.writableLength > 0;
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    this.#write(encodeFrame(`[${messages}]`, blocks));
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (!this.#calls.writable) return;
    if (pieces.length > 1) this.#calls.cork();
    for (const piece of pieces) this.#calls.write(piece);
    if (pieces.length > 1) this.#calls.uncork();
  }

  addClaims(n: number): void {
    this.#files?.claims.add(n);
  }

  reclaim(): number {
    return this.#done ? 0 : (this.#files?.claims.take(Infinity) ?? 0);
  }

  peek(): void {
    if (!this.#done) this.#inbox.peek();
  }

  terminate(): void {
    if (this.#exit !== null || this.#terminating) return;
    this.#terminating = true;
    this.#child.kill('SIGTERM');
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = setTimeout(() => {
      this.kill();
    }, GRACE);
  }

  kill(): void {
    if (this.#exit === null) this.#child.kill('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit === null) this.#child.kill(signal);
  }

  look(): Exit | null {
    return this.#exit ?? exitOf(this.pid);
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    family.delete(this.#child);
    if (this.#grace !== null) clearTimeout(this.#grace);
    const exitcode = signal === null ? code : -constants.signals[signal];
    this.#exit = { pid: this.pid, exitcode, signal };
    if (this.#ended) {
      this.#finish();
      return;
    }
    // Its last words are still in the channel; a grandchild that inherited the
    // channel may hold it open for ever, so silence ends it too. Timers come
    // before what has arrived meanwhile, if this process was busy: one more look.
    this.#linger = setTimeout(() => {
      setImmediate(() => this.#results.destroy());
    }, LINGER);
  }

  /** A worker that has closed its channel is about to end; if it does not, nobody can use it any more. */
  #cut(): void {
    if (this.#exit !== null || !this.#duty.serves) return;
    this.#grace ??= setTimeout(() => {
      this.kill();
    }, CUT).unref();
  }

  /** Both the process and its channel have ended. */
  #finish(): void {
    if (this.#exit === null || !this.#ended || this.#done) return;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#calls.destroy();
    let unstarted = 0;
    if (this.#files !== null) {
      this.peek();
      unstarted = this.#files.claims.take(Infinity);
      this.#files.close();
    }
    this.#done = true;
    this.#events.exited(this.#exit, unstarted);
  }
}

function cannotStart(cause?: unknown): OSError {
  const guess = 'too many processes or open files, or no memory?';
  return new OSError(`cannot start a worker process (${guess})`, cause === undefined ? undefined : { cause });
}

/** The start method `spawn`. */
export const processLauncher: Launcher = {
  get reclaimable() {
    return SharedFiles.available();
  },
  sharesMemory: false,
  launch: (events, duty = SERVING) => new ProcessWorker(events, duty),
};
