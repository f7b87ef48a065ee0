import type { Buffer } from 'node:buffer';
import type { Journal } from './journal';

const FRAME = 0;
const END = 1;
/** Between two results: JSON has no line breaks. */
const SEPARATOR = '\n';

/**
 * The journal in shared memory: the results of the frame that is being gathered, one
 * after the other in shared memory, with the number of that frame and the place
 * where the last whole result ends.
 *
 * What must stay true: bytes below the end are not written again before the
 * frame has another number. So who reads looks at the number before and after.
 */
export class SharedJournal implements Journal {
  static readonly WORDS = 2;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  #frame: number;
  #at = 0;

  /**
   * @param bytes - where the texts go.
   * @param frame - the number of the next frame.
   */
  constructor(words: Int32Array, bytes: Buffer, frame = 0) {
    this.#words = words;
    this.#bytes = bytes;
    this.#frame = frame;
  }

  /** The worker, if the next frame is not the first one. */
  begin(): void {
    Atomics.store(this.#words, FRAME, this.#frame);
  }

  write(text: string): boolean {
    if (text.length * 3 + 1 > this.#bytes.length - this.#at) return false;
    this.#at += this.#bytes.write(text + SEPARATOR, this.#at, 'utf8');
    Atomics.store(this.#words, END, this.#at);
    return true;
  }

  nextFrame(): void {
    this.#frame = (this.#frame + 1) | 0;
    this.#at = 0;
    // In this order: the old end with the new number would be the old results in the new frame.
    Atomics.store(this.#words, END, 0);
    Atomics.store(this.#words, FRAME, this.#frame);
  }

  /** The parent: the results that frame number `frame` is to bring. */
  read(frame: number): string[] {
    if (Atomics.load(this.#words, FRAME) !== (frame | 0)) return [];
    const end = Atomics.load(this.#words, END);
    if (end === 0) return [];
    const text = this.#bytes.toString('utf8', 0, end - SEPARATOR.length);
    // Not a load: the reads above may not be done after it, on any processor.
    if (Atomics.add(this.#words, FRAME, 0) !== (frame | 0)) return [];
    return text.split(SEPARATOR);
  }
}
