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

/** A part of an unfinished frame from this size on is worth being read straight into its place. */
const DIRECT = 65_536;
/** So much is read there at once: one call takes less than 2 GiB. */
export const MOST_AT_ONCE = 2 ** 30;

/**
 * Turns the bytes of a stream, cut anywhere, back into frames.
 *
 * Blocks that did not come in one piece own their memory; others may be views
 * of a chunk.
 */
export class FrameReader {
  readonly #onFrame: FrameHandler;
  /** The head of a frame, as far as it has arrived. */
  #head: Buffer | null = null;
  /** The text and the blocks of an unfinished frame, being filled in order. */
  #parts: Buffer[] = [];
  #part = 0;
  #filled = 0;

  constructor(onFrame: FrameHandler) {
    this.#onFrame = onFrame;
  }

  /** Is a frame unfinished? At the end of a stream this means that its writer died while writing. */
  get partial(): boolean {
    return this.#head !== null || this.#parts.length > 0;
  }

  /** Where the next bytes belong, if so many are missing there that reading them elsewhere is a waste. */
  get target(): Buffer | null {
    const part = this.#parts[this.#part];
    if (part === undefined || part.length - this.#filled < DIRECT) return null;
    return part.subarray(this.#filled, this.#filled + MOST_AT_ONCE);
  }

  /** So many bytes were read into {@link target}. */
  advance(bytes: number): void {
    this.#filled += bytes;
    this.#finishParts();
  }

  /**
   * Takes the next bytes.
   *
   * @param reused - the memory of the chunk will be written again: nothing may look into it later.
   */
  push(chunk: Buffer, reused = false): void {
    let at = this.#fill(chunk);
    if (this.#head !== null) {
      chunk = Buffer.concat([this.#head, chunk.subarray(at)]);
      this.#head = null;
      reused = false;
      at = 0;
    }
    while (at < chunk.length) {
      const left = chunk.length - at;
      const blocks = left < HEAD ? 0 : chunk.readUInt32LE(at + 4);
      const head = HEAD + blocks * LENGTH;
      if (left < head) {
        this.#head = Buffer.from(chunk.subarray(at));
        return;
      }
      const sizes = [chunk.readUInt32LE(at)];
      for (let i = 0; i < blocks; i++) sizes.push(chunk.readDoubleLE(at + HEAD + i * LENGTH));
      at += head;
      const size = sizes.reduce((sum, each) => sum + each);
      if (chunk.length - at < size) {
        this.#parts = sizes.map((each) => Buffer.allocUnsafeSlow(each));
        this.#fill(chunk.subarray(at));
        return;
      }
      this.#onFrame(chunk.toString('utf8', at, (at += sizes[0] as number)), cut(chunk, at, sizes, reused));
      for (let i = 1; i < sizes.length; i++) at += sizes[i] as number;
    }
  }

  /** Gives the unfinished frame what belongs to it; says how much that was. */
  #fill(chunk: Buffer): number {
    let at = 0;
    while (this.#parts.length > 0 && at < chunk.length) {
      const copied = chunk.copy(this.#parts[this.#part] as Buffer, this.#filled, at);
      at += copied;
      this.#filled += copied;
      this.#finishParts();
    }
    return at;
  }

  #finishParts(): void {
    const parts = this.#parts;
    while (this.#part < parts.length && this.#filled === (parts[this.#part] as Buffer).length) {
      this.#part++;
      this.#filled = 0;
    }
    if (this.#part < parts.length || parts.length === 0) return;
    this.#parts = [];
    this.#part = 0;
    this.#onFrame((parts[0] as Buffer).toString('utf8'), parts.slice(1));
  }
}

/** The blocks of a frame that lies whole in one chunk. */
function cut(chunk: Buffer, at: number, sizes: readonly number[], copy: boolean): Buffer[] {
  const blocks: Buffer[] = [];
  for (let i = 1; i < sizes.length; i++) {
    const end = at + (sizes[i] as number);
    blocks.push(copy ? Buffer.from(chunk.subarray(at, end)) : chunk.subarray(at, end));
    at = end;
  }
  return blocks;
}
