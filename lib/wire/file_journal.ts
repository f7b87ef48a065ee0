import { Buffer } from 'node:buffer';
import { fstatSync, readSync, writeSync } from 'node:fs';
import type { Journal } from './journal';

/**
 * The journal of a process: a file (a memory file where there is one: a
 * microsecond, a third of a write to the channel) that its parent reads.
 *
 * A record is `u32 frame | u32 length | text | u32 seal | u32 0`. The frame is
 * the number of the frame that will carry the result, so records of frames that
 * have arrived are told from those that have not. The seal is a checksum: what
 * it does not fit is not read. The next record overwrites the final zero; the
 * next frame starts again at offset 0.
 */
const MARK = 0xf0000000;
const HEAD = 8;
const FOOT = 4;
const TAIL = 4;
/** Results longer than this are sent at once instead. */
export const LONGEST_RECORD = 4096;

export class FileJournal implements Journal {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(HEAD + LONGEST_RECORD + FOOT + TAIL);
  /** The number of the next frame: goes round. */
  #frame = 0;
  #at = 0;
  #record = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get frame(): number {
    return this.#frame;
  }

  write(text: string): boolean {
    if (text.length * 3 > LONGEST_RECORD) return false;
    const buffer = this.#buffer;
    const length = buffer.write(text, HEAD, 'utf8');
    buffer.writeUInt32LE(mark(this.#frame), 0);
    buffer.writeUInt32LE(length, 4);
    buffer.writeUInt32LE(seal(this.#frame, this.#record++, buffer, HEAD, HEAD + length), HEAD + length);
    buffer.writeUInt32LE(0, HEAD + length + FOOT);
    try {
      writeSync(this.#fd, buffer, 0, HEAD + length + FOOT + TAIL, this.#at);
    } catch {
      // The disk, or the memory file system, is full.
      return false;
    }
    this.#at += HEAD + length + FOOT;
    return true;
  }

  nextFrame(): void {
    this.#frame = (this.#frame + 1) | 0;
    this.#at = 0;
    this.#record = 0;
  }
}

const mark = (frame: number): number => (MARK + (frame & 0xfffffff)) >>> 0;

/** A checksum over the text and the record's place (FNV-1a): right for this record of this frame only. */
function seal(frame: number, record: number, buffer: Buffer, from: number, to: number): number {
  let sum = Math.imul(0x811c9dc5 ^ (frame & 0xfffffff), 0x01000193) ^ record;
  for (let i = from; i < to; i++) sum = Math.imul(sum ^ (buffer[i] as number), 0x01000193);
  return sum >>> 0;
}

/**
 * The results in the journal that frame number `frame` is to bring.
 *
 * The worker may be writing while we read, and the two copies race inside the kernel: a read may see the head of a
 * record, old bytes in its middle and then its fresh seal, or the next frame's text. The seal does not fit those.
 */
export function readJournal(fd: number, frame: number): string[] {
  const size = fstatSync(fd).size;
  const content = Buffer.alloc(size);
  readSync(fd, content, 0, size, 0);
  const found: string[] = [];
  for (let at = 0; at + HEAD + FOOT <= size;) {
    if (content.readUInt32LE(at) !== mark(frame)) break;
    const from = at + HEAD;
    const to = from + content.readUInt32LE(at + 4);
    if (to + FOOT > size || content.readUInt32LE(to) !== seal(frame, found.length, content, from, to)) break;
    found.push(content.toString('utf8', from, to));
    at = to + FOOT;
  }
  return found;
}
