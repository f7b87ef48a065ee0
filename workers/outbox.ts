import type { Journal } from '../lib/wire/journal';
import type { Encoded } from '../lib/reduction/types';
import { ToParent } from '../lib/wire/protocol';

/** Results are sent at the latest when the first of them is this old, in milliseconds. */
const OLDEST = 0.5;
/** ... or when they are this many characters. */
const LARGEST = 65_536;

/** How a worker's frames reach its parent. */
export interface Port {
  send(messages: string, blocks: readonly Uint8Array[]): void;
}

/**
 * What a worker has to say, gathered into frames: the results of many small
 * calls leave in one write. What is gathered is safe from a sudden death of the
 * worker in the journal; without a journal nothing is gathered.
 */
export class Outbox {
  readonly #port: Port;
  #journal: Journal | null;
  #messages = '';
  #blocks: Uint8Array[] = [];
  #items = 0;
  #since = 0;

  constructor(port: Port, journal: Journal | null) {
    this.#port = port;
    this.#journal = journal;
  }

  /** Says something now, with everything gathered before it. */
  say(message: string, blocks: readonly Uint8Array[] = []): void {
    this.#add(message);
    this.#blocks.push(...blocks);
    this.flush();
  }

  /** The work on the calls of a frame starts now. */
  begin(): void {
    if (this.#items === 0) this.#since = performance.now();
  }

  /** Reports a result; it may stay here for a moment if `more` calls follow. */
  report(message: string, encoded: Encoded, items: number, more: boolean): void {
    this.#add(message);
    this.#items += items;
    if (encoded.blocks.length > 0) this.#blocks.push(...encoded.blocks);
    const keep =
      more &&
      this.#blocks.length === 0 &&
      this.#messages.length < LARGEST &&
      performance.now() - this.#since < OLDEST &&
      this.#journal !== null &&
      this.#journal.write(message);
    if (!keep) this.flush();
  }

  /** From now on results are kept there. Nothing may be gathered now. */
  keepIn(journal: Journal): void {
    this.#journal = journal;
  }

  flush(): void {
    if (this.#messages === '') return;
    let messages = this.#messages;
    if (this.#items > 0) {
      const microseconds = Math.max(1, Math.round((performance.now() - this.#since) * 1000));
      messages = `[${ToParent.Busy},${microseconds},${this.#items}],${messages}`;
    }
    const blocks = this.#blocks;
    this.#messages = '';
    this.#blocks = [];
    this.#items = 0;
    this.#port.send(messages, blocks);
    this.#journal?.nextFrame();
    this.#since = performance.now();
  }

  #add(message: string): void {
    this.#messages = this.#messages === '' ? message : `${this.#messages},${message}`;
  }
}
