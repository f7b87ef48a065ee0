import { ToParent, type Message } from '../wire/protocol';
import type { WorkerEvents } from './worker';

/**
 * What a worker says, each result once: it comes in a frame, or before that
 * from the journal, if somebody looks there.
 */
export class Inbox {
  readonly #events: WorkerEvents;
  readonly #readJournal: (frame: number) => readonly string[];
  #frames = 0;
  /** How many results of the next frame were read from the journal already. */
  #seen = 0;

  constructor(events: WorkerEvents, readJournal: (frame: number) => readonly string[]) {
    this.#events = events;
    this.#readJournal = readJournal;
  }

  frame(text: string, blocks: readonly Uint8Array[]): void {
    this.#frames++;
    const messages = JSON.parse(text) as Message[];
    this.#events.messages(this.#seen === 0 ? messages : this.#unseen(messages), blocks);
  }

  /** Reports what is in the journal for the next frame. */
  peek(): void {
    const kept = this.#readJournal(this.#frames).slice(this.#seen);
    if (kept.length === 0) return;
    this.#seen += kept.length;
    this.#events.messages(JSON.parse(`[${kept.join(',')}]`) as Message[], []);
  }

  /** Without the results that the journal has told: they come first, and have no blocks. */
  #unseen(messages: readonly Message[]): Message[] {
    let seen = this.#seen;
    this.#seen = 0;
    return messages.filter((message) => {
      const isResult = message[0] === ToParent.Returned || message[0] === ToParent.Threw;
      return !isResult || seen-- <= 0;
    });
  }
}
