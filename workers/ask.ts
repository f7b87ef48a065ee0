import fs from 'node:fs';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { encodeFrame, FrameReader } from '../lib/wire/framing';
import { WorkerFd, type Message } from '../lib/wire/protocol';
import { textOf, type ThreadFrame } from '../lib/wire/thread_frame';
import { pause, writeAll } from './blocking';

/**
 * One question to the parent, and its answer, without the event loop: asked by a Process that is about to end.
 * Loaded by who asks.
 */

/** How long to wait for an answer of the parent, which may be busy, in milliseconds. */
const PATIENCE = 1000;
const CHUNK = 65_536;

type IsAnswer = (message: Message) => boolean;

/** Asks over the channel of a process; `null`: no answer. */
export function askFromProcess(question: string, isAnswer: IsAnswer): Message | null {
  let answer: Message | null = null;
  const reader = new FrameReader((text) => {
    answer ??= answerIn(text, isAnswer);
  });
  const chunk = Buffer.allocUnsafe(CHUNK);
  try {
    for (const piece of encodeFrame(`[${question}]`, [])) writeAll(WorkerFd.Results, piece);
    waitFor(() => {
      const bytes = readNow(WorkerFd.Calls, chunk);
      if (bytes !== null) reader.push(chunk.subarray(0, bytes), true);
      // Nothing any more: there will be no answer.
      return answer !== null || bytes === 0;
    });
  } catch {
    // The parent is gone.
  }
  return answer;
}

/** Waits at the port of a thread for the answer to what was posted; `null`: no answer. */
export function answerOnPort(port: MessagePort, isAnswer: IsAnswer): Message | null {
  let answer: Message | null = null;
  waitFor(() => {
    const received = receiveMessageOnPort(port) as { message: ThreadFrame } | undefined;
    if (received !== undefined) answer = answerIn(textOf(received.message), isAnswer);
    return answer !== null;
  });
  return answer;
}

/** Something else may come before it: the answer to an earlier question that nobody has waited for. */
const answerIn = (text: string, isAnswer: IsAnswer): Message | null =>
  (JSON.parse(text) as Message[]).find(isAnswer) ?? null;

function waitFor(done: () => boolean): void {
  const deadline = performance.now() + PATIENCE;
  while (!done() && performance.now() < deadline) pause();
}

/** What can be read at once; `null`: nothing yet, 0: nothing any more. */
function readNow(fd: number, into: Buffer): number | null {
  try {
    return fs.readSync(fd, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}
