import { Buffer } from 'node:buffer';

/**
 * How Python's connections lay messages on a stream, big-endian:
 *
 *     i32 length | bytes                    up to 2^31 - 1 bytes
 *     i32 -1 | u64 length | bytes           longer ones; read for any length
 *
 * Pure: bytes in, bytes out; who carries them is the channel's business.
 */
const LONGEST_SHORT = 0x7fff_ffff;
const SHORT_HEAD = 4;
const LONG_HEAD = 12;
/** Up to here one write costs more than the copy. */
const COPY_BELOW = 16_384;

/** The pieces to write, in order, for one message. */
export function frameOf(pieces: readonly Uint8Array[], length: number): Uint8Array[] {
  const isShort = length <= LONGEST_SHORT;
  const headBytes = isShort ? SHORT_HEAD : LONG_HEAD;
  const isOne = length <= COPY_BELOW;
  const head = Buffer.allocUnsafe(isOne ? headBytes + length : headBytes);
  head.writeInt32BE(isShort ? length : -1, 0);
  if (!isShort) head.writeBigUInt64BE(BigInt(length), 4);
  if (!isOne) return [head, ...pieces];
  let at = headBytes;
  for (const piece of pieces) {
    head.set(piece, at);
    at += piece.length;
  }
  return [head];
}

/** So many chunks are kept apart, and more if they are not small. */
const CHUNKS = 128;
const SMALL = 4096;

/**
 * Turns the bytes of a stream, cut anywhere, back into messages. It holds what has come and no more: a length is
 * only believed as far as its bytes arrive.
 */
export class MessageReader {
  #chunks: Buffer[] = [];
  /** Bytes of the first chunk that are read already. */
  #read = 0;
  #buffered = 0;
  /** Of the message that comes next, once its head was read. */
  #length: number | null = null;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    // Who sends byte by byte must not cost an object for each.
    if (this.#chunks.length > CHUNKS && this.#chunks.length > this.#buffered / SMALL) {
      const all = this.#take(this.#buffered);
      this.#chunks = [all];
      this.#buffered = all.length;
    }
  }

  /** The bytes that are here and not taken. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Has a message begun? At the end of a stream that means that it was cut off. */
  get isPartial(): boolean {
    return this.#length !== null || this.#buffered > 0;
  }

  /** The length of the next message as soon as its head is here; `Infinity` for one that cannot be. */
  get length(): number | null {
    if (this.#length !== null || this.#buffered < SHORT_HEAD) return this.#length;
    const short = this.#peek(SHORT_HEAD).readInt32BE();
    if (short !== -1) {
      this.#take(SHORT_HEAD);
      this.#length = short < 0 ? Infinity : short;
    } else if (this.#buffered >= LONG_HEAD) {
      this.#length = Number(this.#take(LONG_HEAD).readBigUInt64BE(SHORT_HEAD));
    }
    return this.#length;
  }

  /** The next message, if all of it is here. It may be a part of a chunk. */
  next(): Buffer | null {
    const { length } = this;
    if (length === null || this.#buffered < length) return null;
    this.#length = null;
    return this.#take(length);
  }

  #peek(count: number): Buffer {
    const first = this.#chunks[0] as Buffer;
    if (first.length - this.#read >= count) return first.subarray(this.#read, this.#read + count);
    return Buffer.concat([first.subarray(this.#read), ...this.#chunks.slice(1, 1 + count)], count);
  }

  #take(count: number): Buffer {
    this.#buffered -= count;
    const first = this.#chunks[0];
    if (count === 0 || first === undefined) return Buffer.alloc(0);
    const end = this.#read + count;
    if (end < first.length) {
      const part = first.subarray(this.#read, end);
      this.#read = end;
      return part;
    }
    let whole = 0;
    let left = end;
    for (; whole < this.#chunks.length; whole++) {
      const { length } = this.#chunks[whole] as Buffer;
      if (left < length) break;
      left -= length;
    }
    const parts = this.#chunks.splice(0, whole);
    parts[0] = first.subarray(this.#read);
    this.#read = left;
    const next = this.#chunks[0];
    if (left > 0 && next !== undefined) parts.push(next.subarray(0, left));
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, count);
  }
}
