import { inspect } from 'node:util';
import { existsSync, readdirSync } from 'node:fs';
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker as Thread,
  type MessagePort,
  type WorkerOptions,
} from 'node:worker_threads';
import { commonOfThreads } from '../native/common';
import { isMoved } from '../reduction/transfer';
import { Deque } from '../util/deque';
import { familyOrNone } from '../util/family_file';
import { sharedCounters } from '../util/process_counter';
import { now } from '../util/timers';
import { Ending } from '../util/uninterrupted';
import {
  blocksOf,
  encodeThreadFrame,
  GOODBYE,
  sizeOf,
  textOf,
  type ThreadFrame,
  type ThreadStart,
} from '../wire/thread_frame';
import { ThreadMemory } from '../wire/thread_memory';
import { addInlet, removeInlet, type Inlet, type Polls } from './blocking';
import type { Exit } from './failure';
import { Grace } from './grace';
import { Inbox } from './inbox';
import { threadBell } from './thread_bell';
import { Alarm, takeIn, takeInBoth, type News } from './turns';
import { endings } from './endings';
import { threadEnvironment, threadExecArgv, withoutNodeOptions } from './thread_environment';
import { SERVING, type Duty, type Launcher, type Worker, type WorkerEvents } from './worker';
import { workerEntry } from './worker_entry';

/** How long a thread may take to end when it is ended, or after it has said goodbye, in milliseconds. */
const STUCK = 1000;
const CUT = 5000;
/** How often a thread that is about to end is looked for, and one that can end without a word, in milliseconds. */
const LOOK_SOON = 1;
const LOOK = 25;

/** The threads of this process, where the system tells of them. */
const TASKS = '/proc/self/task';

function tasks(): string[] {
  try {
    return readdirSync(TASKS);
  } catch {
    return [];
  }
}

/** A worker that is a thread of this process. */
class ThreadWorker implements Worker, Inlet, News {
  readonly pid = process.pid;
  /** Node's number of the thread. */
  readonly tid: number;
  /** What is sent lies in memory of this process either way; how much that may be, the dispatcher sees to. */
  readonly congested = false;
  readonly isSending = false;
  readonly #thread: Thread;
  readonly #memory = new ThreadMemory();
  readonly #inbox: Inbox;
  readonly #events: WorkerEvents;
  readonly #ending = new Ending();
  readonly #port: MessagePort;
  /** How many have come. */
  #got = 0;
  /** Frames that have come and not yet been taken in. */
  readonly #frames = new Deque<ThreadFrame>();
  /** It is being ended. */
  #killed = false;
  #exit: Exit | null = null;
  /** The system's numbers of the threads that were there when it was started, and not before: one is its own. */
  readonly #born: readonly string[];
  /** When it was last looked for. */
  #looked = 0;
  #done = false;
  /** The thread itself is known to have ended. */
  #isOver = false;
  /** What is done if it does not end in time. */
  #late: (() => void) | null = null;
  readonly #grace = new Grace(() => this.#late?.());

  constructor(events: WorkerEvents, { first }: Duty) {
    this.#events = events;
    this.#inbox = new Inbox(events, (frame) => this.#memory.journal.read(frame));
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const start: ThreadStart = {
      port: port2,
      memory: this.#memory.buffer,
      counters: sharedCounters(),
      family: familyOrNone(),
      common: commonOfThreads(),
      ending: this.#ending.memory,
    };
    const options: WorkerOptions = {
      env: threadEnvironment(),
      execArgv: threadExecArgv(),
      workerData: start,
      transferList: [port2],
      // It writes to the descriptors itself: see workers/thread_stdio.ts.
      stdout: true,
      stderr: true,
    };
    const before = tasks();
    try {
      this.#thread = withoutNodeOptions(() => new Thread(workerEntry('thread'), options));
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#born = tasks().filter((id) => !before.includes(id));
    endings.add(this.#ending, () => this.#place);
    this.tid = this.#thread.threadId;
    this.#port.on('message', (frame: ThreadFrame) => {
      this.#receive(frame);
    });
    this.#thread.on('error', (error: unknown) => {
      // What the thread could not tell: that its memory is full, or that it cannot start.
      if (!this.#memory.told) process.stderr.write(`${inspect(error)}\n\nNode.js ${process.version}\n`);
    });
    this.#thread.on('exit', (code) => {
      this.#over();
      this.#exited(code);
    });
    // What the user awaits keeps the process alive, not that a worker exists.
    this.#thread.unref();
    this.#port.unref();
    threadBell.open();
    addInlet(this);
    if (first !== undefined) this.send(first.messages, first.blocks);
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    const [frame, moved] = encodeThreadFrame(`[${messages}]`, blocks, isMoved);
    this.#port.postMessage(frame, moved);
  }

  addClaims(n: number): void {
    this.#memory.claims.add(n);
  }

  reclaim(): number {
    return this.#done ? 0 : this.#memory.claims.take(Infinity);
  }

  peek(): void {
    if (!this.#done) this.#inbox.peek();
  }

  /** A thread cannot be asked: it is ended in the middle of whatever it does. */
  terminate(): void {
    this.kill();
  }

  signal(): void {
    this.kill();
  }

  look(): Exit | null {
    return this.#exit ?? (this.#isGone() ? this.#exitOf(null) : null);
  }

  kill(): void {
    if (this.#done) return;
    this.#end();
    // Being ended is no reason to stay alive either.
    this.#thread.unref();
    // JavaScript ends at once, a call of the system (`execSync`, a read) when it returns: nobody waits for that. What
    // has come while this process was busy is read before, and so is the end itself.
    this.#endsIn(STUCK, () => {
      this.#exited(1);
    });
  }

  /** Not in the middle of what must not be interrupted: that takes milliseconds. */
  #end(): void {
    if (this.#isOver) return;
    if (this.#ending.begin()) {
      this.#killed = true;
      void this.#thread.terminate();
    } else {
      new Alarm(() => {
        this.#end();
      }).set(LOOK_SOON);
    }
  }

  #endsIn(milliseconds: number, then: () => void): void {
    this.#late = then;
    this.#grace.set(milliseconds, this.#place);
  }

  /** Where the system tells of it. */
  get #place(): string | null {
    const id = this.#memory.nativeId;
    return id === 0 ? null : `${TASKS}/${id}`;
  }

  // ------------------------------------------------- while a call blocks

  glance(): boolean {
    return this.#exit === null && this.#memory.posted !== this.#got && this.#pump();
  }

  arm(polls: Polls): void {
    if (this.#exit !== null) return;
    this.#memory.sleeps(threadBell.arm(polls));
    // After that: what comes now rings.
    if (this.#pump()) polls.within(0);
    const pause = this.#killed || this.#memory.exitcode !== null ? LOOK_SOON : LOOK;
    polls.within(pause);
    const time = now();
    if (time < this.#looked + pause) return;
    this.#looked = time;
    if (!this.#isGone()) return;
    this.#over();
    this.#exited(null);
    polls.within(0);
  }

  /** Takes what lies at the port; false if that is nothing. */
  #pump(): boolean {
    let any = false;
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ThreadFrame } | undefined;
      if (received === undefined) return any;
      any = true;
      this.#receive(received.message);
    }
  }

  /** The system does not know the thread any more. */
  #isGone(): boolean {
    const id = this.#memory.nativeId;
    const ids = id === 0 ? this.#born : [id];
    return ids.length > 0 && !ids.some((each) => existsSync(`${TASKS}/${each}`));
  }

  // --------------------------------------------------------------- news

  #receive(frame: ThreadFrame): void {
    this.#got = (this.#got + 1) | 0;
    this.#frames.push(frame);
    takeIn(this);
  }

  next(): boolean {
    const frame = this.#frames.shift();
    if (frame === undefined) return false;
    if (this.#done) return true;
    if (frame === GOODBYE) {
      // What it runs at its end may be endless.
      this.#endsIn(CUT, () => {
        this.kill();
      });
      return true;
    }
    const isAwaited = this.#memory.received(sizeOf(frame));
    if (isAwaited) this.#port.postMessage('[]');
    this.#inbox.frame(textOf(frame), blocksOf(frame));
    return true;
  }

  // ---------------------------------------------------------------- end

  #over(): void {
    this.#isOver = true;
    endings.delete(this.#ending);
  }

  #exitOf(exitcode: number | null): Exit {
    return { pid: this.pid, tid: this.tid, exitcode: exitcode ?? this.#memory.exitcode ?? 1, signal: null };
  }

  /** @param exitcode - `null`: what it has said itself. */
  #exited(exitcode: number | null): void {
    if (this.#exit !== null) return;
    const exit = (this.#exit = this.#exitOf(exitcode));
    this.#grace.cancel();
    removeInlet(this);
    // What it has sent lies there.
    this.#pump();
    this.#port.close();
    threadBell.close();
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
    const unstarted = this.#memory.claims.take(Infinity);
    this.#done = true;
    this.#events.exited(exit, unstarted);
  }
}

/** The start method `thread`. */
export const threadLauncher: Launcher = {
  reclaimable: true,
  sharesMemory: true,
  launch: (events, duty = SERVING) => new ThreadWorker(events, duty),
};
