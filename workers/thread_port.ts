import { parentPort, type MessagePort } from 'node:worker_threads';
import type { Message } from '../lib/wire/protocol';
import {
  blocksOf,
  encodeThreadFrame,
  GOODBYE,
  sizeOf,
  textOf,
  type ThreadFrame,
} from '../lib/wire/thread_frame';
import { ThreadMemory } from '../lib/wire/thread_memory';
import type * as Ask from './ask';
import type { Server, ServerPort } from './serve';

/** The channel of a worker thread: messages, and memory that it shares with its parent. */
export class ThreadPort implements ServerPort {
  readonly sharesMemory = true;
  readonly memory: ThreadMemory;
  readonly #port = parentPort as MessagePort;

  constructor(memory: SharedArrayBuffer) {
    this.memory = new ThreadMemory(memory);
  }

  get congested(): boolean {
    return this.memory.congested;
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    const [frame, moved] = encodeThreadFrame(`[${messages}]`, blocks, isOurs);
    this.memory.sent(sizeOf(frame));
    this.#port.postMessage(frame, moved);
  }

  end(code: number): void {
    // What was said has arrived: it lies in the parent's queue.
    this.#port.postMessage(GOODBYE);
    exit(code);
  }

  /** A thread does not outlive its parent: there is no end to report. */
  release(): void {
    this.hold(false);
  }

  hold(on: boolean): void {
    if (on) this.#port.ref();
    else this.#port.unref();
  }

  ask(message: string, isAnswer: (message: Message) => boolean): Message | null {
    const { answerOnPort } = require('./ask') as typeof Ask;
    this.send(message, []);
    return answerOnPort(this.#port, isAnswer);
  }

  serve(server: Server): void {
    this.#port.on('message', (frame: ThreadFrame) => {
      server.receive(JSON.parse(textOf(frame)) as Message[], blocksOf(frame));
    });
  }
}

/** Blocks of results are sent once, and hold nothing of the user's. */
const isOurs = (): boolean => true;
const exit = process.exit.bind(process);
