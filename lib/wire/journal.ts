import { Buffer } from 'node:buffer';
import { fstatSync, readSync, writeSync } from 'node:fs';

/**
 * The results of a worker that are finished but not yet sent. A worker sends
 * the results of many small calls in one frame; were it killed before, calls
 * that had finished would be lost with the one that was running. So each
 * result is written to a file first (a memory file where there is one: a
 * microsecond, a fifth of a write to the channel), and the parent reads the
 * file when the worker is dead.
 *
 * A record is `u32 frame | u32 length | text | u32 0`. The frame is the number
 * of the frame that will carry the result, so records of frames that have
 * arrived are told from those that have not. The next record overwrites the
 * final zero; the next frame starts again at offset 0.
 */
const MARK = 0xf0000000;
const HEAD = 8;
const TAIL = 4;
/** Results longer than this are sent at once instead. */
export const LONGEST_RECORD = 4096;

export class JournalWriter {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(HEAD + LONGEST_RECORD + TAIL);
  #frame = 0;
  #at = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Keeps one result; false if it is too long to be kept. */
  write(text: string): boolean {
    if (text.length * 3 > LONGEST_RECORD) return false;
    const buffer = this.#buffer;
    const length = buffer.write(text, HEAD, 'utf8');
    buffer.writeUInt32LE((MARK + this.#frame) >>> 0, 0);
    buffer.writeUInt32LE(length, 4);
    buffer.writeUInt32LE(0, HEAD + length);
    writeSync(this.#fd, buffer, 0, HEAD + length + TAIL, this.#at);
    this.#at += HEAD + length;
    return true;
  }

  /** The frame that carries everything written so far is on its way. */
  nextFrame(): void {
    this.#frame = (this.#frame + 1) & 0xfffffff;
    this.#at = 0;
  }
}

/** The results in the journal that frame number `frame` should have brought. */
export function readJournal(fd: number, frame: number): string[] {
  const size = fstatSync(fd).size;
  const content = Buffer.alloc(size);
  readSync(fd, content, 0, size, 0);
  const found: string[] = [];
  for (let at = 0; at + HEAD + TAIL <= size;) {
    if (content.readUInt32LE(at) !== (MARK + (frame & 0xfffffff)) >>> 0) break;
    const length = content.readUInt32LE(at + 4);
    const from = at + HEAD;
    if (from + length > size) break;
    found.push(content.toString('utf8', from, from + length));
    at = from + length;
  }
  return found;
}
