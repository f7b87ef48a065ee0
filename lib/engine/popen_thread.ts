import { inspect } from 'node:util';
import { Worker as Thread, type WorkerOptions } from 'node:worker_threads';
import { isMoved } from '../reduction/transfer';
import { familyOrNone } from '../util/family_file';
import { sharedCounters } from '../util/process_counter';
import { clearTimeout, now, setImmediate, setTimeout } from '../util/timers';
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
import { Inbox } from './inbox';
import { endings } from './endings';
import { threadEnvironment, threadExecArgv, withoutNodeOptions } from './thread_environment';
import { SERVING, type Duty, type Launcher, type Worker, type WorkerEvents } from './worker';
import { workerEntry } from './worker_entry';

/** How long a thread may take to end when it is ended, or after it has said goodbye, in milliseconds. */
const STUCK = 1000;
const CUT = 5000;

/** A worker that is a thread of this process. */
export class ThreadWorker implements Worker {
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
  #done = false;
  #deadline: NodeJS.Timeout | null = null;

  constructor(events: WorkerEvents, { first }: Duty) {
    this.#events = events;
    this.#inbox = new Inbox(events, (frame) => this.#memory.journal.read(frame));
    const start: ThreadStart = {
      memory: this.#memory.buffer,
      counters: sharedCounters(),
      family: familyOrNone(),
      ending: this.#ending.memory,
    };
    const options: WorkerOptions = {
      env: threadEnvironment(),
      execArgv: threadExecArgv(),
      workerData: start,
      // It writes to the descriptors itself: see workers/thread_stdio.ts.
      stdout: true,
      stderr: true,
    };
    this.#thread = withoutNodeOptions(() => new Thread(workerEntry('thread'), options));
    endings.add(this.#ending);
    this.tid = this.#thread.threadId;
    this.#thread.on('message', (frame: ThreadFrame) => {
      this.#receive(frame);
    });
    this.#thread.on('error', (error: unknown) => {
      // What the thread could not tell: that its memory is full, or that it cannot start.
      if (!this.#memory.told) process.stderr.write(`${inspect(error)}\n\nNode.js ${process.version}\n`);
    });
    // Node gives what the thread has sent before this.
    this.#thread.on('exit', (code) => {
      this.#exited(code);
    });
    // What the user awaits keeps the process alive, not that a worker exists.
    this.#thread.unref();
    if (first !== undefined) this.send(first.messages, first.blocks);
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    const [frame, moved] = encodeThreadFrame(`[${messages}]`, blocks, isMoved);
    this.#thread.postMessage(frame, moved);
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

  /** The event loop tells of the end of a thread, and nothing before it. */
  look(): null {
    return null;
  }

  kill(): void {
    if (this.#done) return;
    this.#end(now() + STUCK);
    // Being ended is no reason to stay alive either.
    this.#thread.unref();
    // JavaScript ends at once, a call of the system (`execSync`, a read) when it returns: nobody waits for that. What
    // has come while this process was busy is read before, and so is the end itself.
    this.#endsIn(STUCK, () => setImmediate(() => this.#exited(1)));
  }

  /** Not in the middle of what must not be interrupted: that takes milliseconds. */
  #end(deadline: number): void {
    if (this.#done) return;
    if (this.#ending.begin() || now() > deadline) void this.#thread.terminate();
    else {
      setTimeout(() => {
        this.#end(deadline);
      }, 1).unref();
    }
  }

  #receive(frame: ThreadFrame): void {
    if (this.#done) return;
    if (frame === GOODBYE) {
      // What it runs at its end may be endless.
      this.#endsIn(CUT, () => this.kill());
      return;
    }
    const isAwaited = this.#memory.received(sizeOf(frame));
    if (isAwaited) this.#thread.postMessage('[]');
    this.#inbox.frame(textOf(frame), blocksOf(frame));
  }

  #endsIn(milliseconds: number, then: () => void): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = setTimeout(then, milliseconds).unref();
  }

  #exited(exitcode: number): void {
    if (this.#done) return;
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    endings.delete(this.#ending);
    this.peek();
    const unstarted = this.#memory.claims.take(Infinity);
    this.#done = true;
    this.#events.exited({ pid: this.pid, tid: this.tid, exitcode, signal: null }, unstarted);
  }
}

/** The start method `thread`. */
export const threadLauncher: Launcher = {
  reclaimable: true,
  sharesMemory: true,
  launch: (events, duty = SERVING) => new ThreadWorker(events, duty),
};
