import { Buffer } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import { readSync } from 'node:fs';
import { constants } from 'node:os';
import type { Socket } from 'node:net';
import { OSError } from '../errors';
import { Deque } from '../util/deque';
import { SharedFiles } from '../wire/shared_files';
import { encodeFrame, FrameReader } from '../wire/framing';
import { WorkerFd } from '../wire/protocol';
import { libc } from '../native/libc';
import { familyOrNone } from '../util/family_file';
import { addInlet, POLLIN, removeInlet, type Inlet, type Polls } from './blocking';
import type { Exit } from './failure';
import { childEnvironment, childExecArgv, packageHook } from './child_environment';
import { family } from './family';
import { Grace } from './grace';
import { Inbox } from './inbox';
import { Ledger } from './ledger';
import { LetterFile } from './letter_file';
import { handleOf, Outgoing } from './outgoing';
import { dyingWithParent } from './parent_death';
import { threadFiles } from './thread_files';
import { Alarm, takeIn, takeInBoth, type News } from './turns';
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
/** How often the end of a process is looked for where the system does not tell of it, in milliseconds. */
const LOOK = 1;
const LOOK_SELDOM = 25;

/** Bytes read at once while a call blocks this thread; all workers are read into the same memory. */
const SCRATCH = 65_536;
let scratch: Buffer | null = null;

/** A worker that is a process of its own, on two socket pairs: one for calls, one for results. */
class ProcessWorker implements Worker, Inlet, News {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #calls: Outgoing;
  readonly #results: Socket;
  /** Found before files are opened, as it may not be there. */
  readonly #entry = workerEntry('process');
  readonly #events: WorkerEvents;
  readonly #duty: Duty;
  /** The claims and the journal of one that serves. */
  readonly #ledger: Ledger | null;
  readonly #inbox: Inbox;
  readonly #reader: FrameReader;
  /** What it is to be told before the next frame. */
  #preface = '';
  /** Frames that have been read and not yet been taken in. */
  readonly #frames = new Deque<[text: string, blocks: Buffer[]]>();
  #exit: Exit | null = null;
  #ended = false;
  #done = false;
  #terminating = false;
  readonly #glance = Int32Array.of(-1, POLLIN);
  readonly #grace = new Grace(() => {
    this.kill();
  }, true);
  readonly #cutOff = new Grace(() => {
    this.kill();
  });
  readonly #linger = new Alarm(() => {
    this.#silenced();
  }, true);
  /** Tells a call that blocks when the process has ended. */
  #pidfd = -1;

  constructor(events: WorkerEvents, duty: Duty) {
    this.#events = events;
    this.#duty = duty;
    let files: SharedFiles | null;
    try {
      files = duty.serves ? SharedFiles.open() : null;
    } catch (error) {
      throw cannotStart(error);
    }
    const { first } = duty;
    const letter = first === undefined ? null : new LetterFile(`[${first.messages}]`, first.blocks);
    const ledger = files === null ? null : new Ledger(files);
    this.#ledger = ledger;
    this.#inbox = new Inbox(events, (frame) => ledger?.read(frame) ?? []);
    this.#reader = new FrameReader((text, blocks) => {
      this.#frames.push([text, blocks]);
    });
    const program = [...packageHook(), ...childExecArgv(), this.#entry];
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
          files?.claims.fd ?? letter?.fd ?? 'ignore',
          files?.journal ?? 'ignore',
          'pipe',
          familyOrNone()?.fd ?? 'ignore',
        ],
        env: childEnvironment(),
        windowsHide: true,
      });
    } catch (error) {
      // The permission model says no, and says it best.
      files?.close();
      throw error;
    } finally {
      letter?.close();
    }
    this.#child = child;
    if (child.pid === undefined) {
      // The reason comes with the 'error' event, one tick too late for a constructor.
      child.once('error', () => undefined);
      files?.close();
      throw cannotStart();
    }
    this.pid = child.pid;
    if (duty.serves) family.add(child);
    const stdio = child.stdio as readonly (Socket | null)[];
    const listen = (socket: Socket): void => {
      // EPIPE and ECONNRESET say what 'exit' is about to say better.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#cut();
      });
      // Nothing comes here but the end.
      socket.resume();
      socket.unref();
    };
    this.#calls = new Outgoing(stdio[WorkerFd.Calls] as Socket, listen, () => {
      events.drained();
    });
    this.#results = stdio[WorkerFd.Results] as Socket;
    this.#results.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      this.#read();
    });
    this.#results.on('error', () => undefined);
    this.#results.on('close', () => {
      this.#closed();
    });
    child.on('exit', (code, signal) => {
      this.#exited(code, signal);
    });
    // What the user awaits keeps the process alive, not that a worker exists.
    child.unref();
    this.#results.unref();
    addInlet(this);
    if (letter?.fd === null) this.#calls.write(letter.pieces);
  }

  get congested(): boolean {
    return this.#calls.size > CONGESTED;
  }

  get isSending(): boolean {
    return this.#calls.size > 0;
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    this.#calls.write(encodeFrame(`[${this.#preface}${messages}]`, blocks));
    this.#preface = '';
  }

  addClaims(n: number): void {
    if (this.#ledger !== null) this.#preface += this.#ledger.add(n);
  }

  reclaim(): number {
    return this.#done ? 0 : (this.#ledger?.take() ?? 0);
  }

  peek(): void {
    if (!this.#done) this.#inbox.peek();
  }

  terminate(): void {
    if (this.#exit !== null || this.#terminating) return;
    this.#terminating = true;
    this.#child.kill('SIGTERM');
    this.#cutOff.cancel();
    this.#grace.set(GRACE, `/proc/${this.pid}`, true);
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

  // ------------------------------------------------- while a call blocks

  glance(): boolean {
    if (this.#ended) return false;
    const fd = handleOf(this.#results)?.fd ?? -1;
    if (fd < 0) return false;
    this.#glance[0] = fd;
    if (libc().poll(this.#glance, 1, 0) <= 0) return false;
    this.#pump(fd);
    return true;
  }

  arm(polls: Polls): void {
    this.#calls.arm(polls);
    const fd = handleOf(this.#results)?.fd ?? -1;
    if (!this.#ended && fd >= 0) {
      polls.add(fd, POLLIN, () => {
        this.#pump(fd);
      });
    }
    if (this.#exit !== null) return;
    if (this.#pidfd === -1) this.#pidfd = threadFiles.own(libc().pidfd(this.pid));
    if (this.#pidfd >= 0) {
      polls.add(this.#pidfd, POLLIN, () => {
        // How, nobody knows where /proc cannot be read.
        if (this.#exit === null)
          this.#gone(exitOf(this.pid) ?? { pid: this.pid, exitcode: null, signal: null });
      });
      return;
    }
    const exit = exitOf(this.pid);
    if (exit !== null) this.#gone(exit);
    polls.within(this.#ended ? LOOK : LOOK_SELDOM);
  }

  /** Reads what is there, into the same reader that the event loop feeds. */
  #pump(fd: number): void {
    for (let more = true; more && !this.#ended;) {
      scratch ??= Buffer.allocUnsafeSlow(SCRATCH);
      const { target } = this.#reader;
      const into = target ?? scratch;
      let bytes: number;
      try {
        bytes = readSync(fd, into);
      } catch (error) {
        // Who was told before this one has read it.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') break;
        bytes = 0;
      }
      if (bytes === 0) {
        this.#closed();
        return;
      }
      if (target === null) this.#reader.push(scratch.subarray(0, bytes), true);
      else this.#reader.advance(bytes);
      more = bytes === into.length;
    }
    this.#read();
  }

  // --------------------------------------------------------------- news

  /** More has come. */
  #read(): void {
    if (this.#linger.at !== Infinity) this.#linger.set(LINGER);
    if (this.#reader.partial) this.#events.answering();
    if (this.#frames.length > 0) takeIn(this);
  }

  next(): boolean {
    const frame = this.#frames.shift();
    if (frame === undefined) return false;
    this.#inbox.frame(...frame);
    return true;
  }

  // ---------------------------------------------------------------- end

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const exitcode = signal === null ? code : -constants.signals[signal];
    this.#gone({ pid: this.pid, exitcode, signal });
  }

  #gone(exit: Exit): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    family.delete(this.#child);
    this.#grace.cancel();
    this.#cutOff.cancel();
    if (this.#pidfd >= 0) threadFiles.close(this.#pidfd);
    // Its last words are still in the channel; a grandchild that inherited the
    // channel may hold it open for ever, so silence ends it too.
    if (this.#ended) this.#finish(exit);
    else this.#linger.set(LINGER);
  }

  #silenced(): void {
    this.#results.destroy();
    this.#closed();
  }

  /** Nothing more will come in the channel. */
  #closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cut();
    if (this.#exit !== null) this.#finish(this.#exit);
  }

  /** A worker that has closed its channel is about to end; if it does not, nobody can use it any more. */
  #cut(): void {
    if (this.#exit !== null || !this.#duty.serves || this.#terminating) return;
    if (!this.#cutOff.isSet) this.#cutOff.set(CUT, `/proc/${this.pid}`);
  }

  /** Both the process and its channel have ended. */
  #finish(exit: Exit): void {
    this.#linger.cancel();
    removeInlet(this);
    this.#calls.destroy();
    this.#results.destroy();
    // Behind what it has said, and that behind what the journal says.
    takeInBoth(
      () => {
        this.peek();
      },
      () => {
        this.#takeLeave(exit);
      },
    );
  }

  #takeLeave(exit: Exit): void {
    const unstarted = this.#ledger?.take() ?? 0;
    this.#ledger?.close();
    this.#done = true;
    this.#events.exited(exit, unstarted);
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
