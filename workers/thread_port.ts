import { writeSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { nativeThread } from '../lib/util/native_thread';
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
import type { Question } from './ask';
import type { Server, ServerPort } from './serve';

/** The channel of a worker thread: messages, and memory that it shares with its parent. */
export class ThreadPort implements ServerPort {
  readonly sharesMemory = true;
  readonly memory: ThreadMemory;
  readonly #port: MessagePort;

  constructor(port: MessagePort, memory: SharedArrayBuffer) {
    this.#port = port;
    this.memory = new ThreadMemory(memory);
    this.memory.nativeId = nativeThread();
    watchEnd((code) => {
      this.memory.ends(code);
      this.#ring();
    });
  }

  get congested(): boolean {
    return this.memory.congested;
  }

  send(messages: string, blocks: readonly Uint8Array[]): void {
    const [frame, moved] = encodeThreadFrame(`[${messages}]`, blocks, isOurs);
    this.memory.sent(sizeOf(frame));
    this.#port.postMessage(frame, moved);
    this.memory.post();
    this.#ring();
  }

  /** The parent may sleep, without its event loop. */
  #ring(): void {
    const fd = this.memory.bell();
    if (fd === 0) return;
    try {
      writeSync(fd, BYTE);
    } catch {
      // Full: it has been rung. Closed: the parent does not wait any more.
    }
  }

  end(code: number): void {
    // What was said has arrived: it lies in the parent's queue.
    this.#port.postMessage(GOODBYE);
    this.memory.post();
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

  ask(message: string, question: Question): void {
    const { waitAtPort } = require('./ask') as typeof Ask;
    this.send(message, []);
    waitAtPort(this.#port, question);
  }

  serve(server: Server): void {
    this.#port.on('message', (frame: ThreadFrame) => {
      server.receive(JSON.parse(textOf(frame)) as Message[], blocksOf(frame));
    });
  }
}

interface Exits {
  emit(event: string, ...args: readonly unknown[]): boolean;
  reallyExit(code: number | string): void;
}

/** Tells with what this thread ends. Who hears of the end may change the code, or call `process.exit` in the middle of that. */
function watchEnd(tell: (code: number) => void): void {
  const exits = process as unknown as Exits;
  const emit = exits.emit.bind(process);
  const reallyExit = exits.reallyExit.bind(process);
  exits.emit = (event, ...args) => {
    const heard = emit(event, ...args);
    if (event === 'exit') tell(Number(process.exitCode ?? args[0]));
    return heard;
  };
  exits.reallyExit = (code) => {
    tell(Number(code));
    reallyExit(code);
  };
}

const BYTE = new Uint8Array(1);

/** Blocks of results are sent once, and hold nothing of the user's. */
const isOurs = (): boolean => true;
const exit = process.exit.bind(process);
