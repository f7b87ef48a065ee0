import fs from 'node:fs';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { STATE, statOf } from '../lib/util/stat_of';
import { encodeFrame, FrameReader } from '../lib/wire/framing';
import { ToWorker, WorkerFd, type Message } from '../lib/wire/protocol';
import { textOf, type ThreadFrame } from '../lib/wire/thread_frame';
import { pause, writeAll } from './blocking';

/**
 * One question to the parent, and its answer, without the event loop: asked by a Process that is about to end.
 * Loaded by who asks.
 */

/**
 * How long the parent may sleep without hearing the question, in milliseconds: it then waits for something else, and
 * perhaps for the end of who asks.
 */
const PATIENCE = 1000;
/** How long to wait for a parent that is at work, perhaps for ever, in milliseconds. */
const MOST = 10_000;
/** What one look at the parent counts, in milliseconds, at most. */
const LONGEST_PAUSE = 5;
const CHUNK = 65_536;

/** What was asked, and whether it is still worth to wait for the answer. */
export class Question {
  /** What was answered; `null`: nothing. */
  answer: unknown = null;
  readonly #number: number;
  readonly #parentThread: number;
  #isHeard = false;
  #waited = 0;
  #slept = 0;
  #looked = performance.now();

  /**
   * @param number - its own among those of this process.
   * @param parentThread - the system's number of the thread that is to answer; 0: nobody knows.
   */
  constructor(number: number, parentThread: number) {
    this.#number = number;
    this.#parentThread = parentThread;
  }

  /** Takes in what the parent says: there may be answers to earlier questions, that nobody has waited for. */
  hear(text: string): void {
    for (const [kind, question, answer] of JSON.parse(text) as Message[]) {
      if (kind !== ToWorker.Stacks || question !== this.#number) continue;
      this.#isHeard = true;
      if (answer !== undefined) this.answer = answer;
    }
  }

  /** Whether there is an answer, or none is to be expected any more: to be asked again and again. */
  get isOver(): boolean {
    const looked = this.#looked;
    this.#looked = performance.now();
    // Who asks may itself have waited for a processor: then a look stands for no more than the pause before it.
    const pause = Math.min(this.#looked - looked, LONGEST_PAUSE);
    this.#waited += pause;
    if (!this.#isHeard && !isAtWork(this.#parentThread)) this.#slept += pause;
    return this.answer !== null || this.#slept > PATIENCE || this.#waited > MOST;
  }
}

/** Asks over the channel of a process. */
export function askFromProcess(message: string, question: Question): void {
  const reader = new FrameReader((text) => {
    question.hear(text);
  });
  const chunk = Buffer.allocUnsafe(CHUNK);
  try {
    for (const piece of encodeFrame(`[${message}]`, [])) writeAll(WorkerFd.Results, piece);
    while (!question.isOver) {
      const bytes = readNow(WorkerFd.Calls, chunk);
      // Nothing any more: there will be no answer.
      if (bytes === 0) return;
      if (bytes === null) pause();
      else reader.push(chunk.subarray(0, bytes), true);
    }
  } catch {
    // The parent is gone.
  }
}

/** Waits at the port of a thread for the answer to what was posted. */
export function waitAtPort(port: MessagePort, question: Question): void {
  while (!question.isOver) {
    const received = receiveMessageOnPort(port) as { message: ThreadFrame } | undefined;
    if (received === undefined) pause();
    else question.hear(textOf(received.message));
  }
}

/**
 * Does a thread run, or wait for a processor, or is it stopped? That may be a long time, in which it hears nothing.
 * `false` where nobody can tell.
 */
const isAtWork = (thread: number): boolean =>
  thread !== 0 && /[RDTt]/.test(statOf(`/proc/${thread}`)?.[STATE] ?? '');

/** What can be read at once; `null`: nothing yet, 0: nothing any more. */
function readNow(fd: number, into: Buffer): number | null {
  try {
    return fs.readSync(fd, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}
