import { Buffer } from 'node:buffer';

/**
 * A frame is how one batch of messages lies on the wire, little-endian:
 *
 *     u32 length of the text | u32 number of blocks | f64 length of each block | text (UTF-8) | blocks
 *
 * Pure: bytes in, bytes out; who carries them is the channel's business.
 */
const HEAD = 8;
const LENGTH = 8;
/** Blocks up to this size are copied behind the text: one write costs more than the copy. */
const COPY_BELOW = 16_384;

export type FrameHandler = (text: string, blocks: Buffer[]) => void;

/** The pieces to write, in order, for one frame. */
export function encodeFrame(text: string, blocks: readonly Uint8Array[]): Uint8Array[] {
  const textBytes = Buffer.byteLength(text);
  const head = HEAD + LENGTH * blocks.length;
  let inline = 0;
  let rest = 0;
  for (; rest < blocks.length; rest++) {
    const length = (blocks[rest] as Uint8Array).byteLength;
    if (length > COPY_BELOW) break;
    inline += length;
  }
  const first = Buffer.allocUnsafe(head + textBytes + inline);
  first.writeUInt32LE(textBytes, 0);
  first.writeUInt32LE(blocks.length, 4);
  for (let i = 0; i < blocks.length; i++) {
    first.writeDoubleLE((blocks[i] as Uint8Array).byteLength, HEAD + i * LENGTH);
  }
  first.write(text, head, textBytes, 'utf8');
  let at = head + textBytes;
  for (let i = 0; i < rest; i++) {
    const block = blocks[i] as Uint8Array;
    first.set(block, at);
    at += block.byteLength;
  }
  return rest === blocks.length ? [first] : [first, ...blocks.slice(rest)];
}

/** Turns the bytes of a stream, cut anywhere, back into frames. */
export class FrameReader {
  readonly #onFrame: FrameHandler;
  /** What of an unfinished frame has arrived, while it is small. */
  #held: Buffer | null = null;
  /** The body of an unfinished frame whose size is known. */
  #body: Buffer | null = null;
  #filled = 0;
  #lengths: number[] = [];

  constructor(onFrame: FrameHandler) {
    this.#onFrame = onFrame;
  }

  /** Is a frame unfinished? At the end of a stream this means that its writer died while writing. */
  get partial(): boolean {
    return this.#held !== null || this.#body !== null;
  }

  push(chunk: Buffer): void {
    let at = 0;
    if (this.#body !== null) {
      at = this.#fill(this.#body, chunk);
      if (at < 0) return;
    }
    if (this.#held !== null) {
      chunk = Buffer.concat([this.#held, chunk.subarray(at)]);
      this.#held = null;
      at = 0;
    }
    while (at < chunk.length) {
      const left = chunk.length - at;
      if (left < HEAD) break;
      const blocks = chunk.readUInt32LE(at + 4);
      const head = HEAD + blocks * LENGTH;
      if (left < head) break;
      const lengths: number[] = [chunk.readUInt32LE(at)];
      let size = lengths[0] as number;
      for (let i = 0; i < blocks; i++) {
        const length = chunk.readDoubleLE(at + HEAD + i * LENGTH);
        lengths.push(length);
        size += length;
      }
      at += head;
      if (chunk.length - at < size) {
        // The rest is copied to its place as it arrives: a big frame costs one copy, not one per chunk.
        this.#lengths = lengths;
        this.#body = Buffer.allocUnsafeSlow(size);
        this.#filled = chunk.copy(this.#body, 0, at);
        return;
      }
      this.#emit(chunk, at, lengths);
      at += size;
    }
    // Copied, because the chunk's memory may belong to a pool that is written again.
    if (at < chunk.length) this.#held = Buffer.from(chunk.subarray(at));
  }

  /** How much of the chunk belongs to the body; -1: all, and more is to come. */
  #fill(body: Buffer, chunk: Buffer): number {
    const taken = Math.min(chunk.length, body.length - this.#filled);
    chunk.copy(body, this.#filled, 0, taken);
    this.#filled += taken;
    if (this.#filled < body.length) return -1;
    this.#body = null;
    this.#emit(body, 0, this.#lengths);
    return taken;
  }

  #emit(source: Buffer, at: number, lengths: readonly number[]): void {
    const textEnd = at + (lengths[0] as number);
    const text = source.toString('utf8', at, textEnd);
    const blocks: Buffer[] = [];
    let from = textEnd;
    for (let i = 1; i < lengths.length; i++) {
      const to = from + (lengths[i] as number);
      blocks.push(source.subarray(from, to));
      from = to;
    }
    this.#onFrame(text, blocks);
  }
}
