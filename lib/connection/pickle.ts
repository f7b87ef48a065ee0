import { Buffer } from 'node:buffer';
import { EOFError, UnpicklingError } from '../errors';
import { decodeItem, encodeItem } from '../reduction/items';
import type { CodecId } from '../reduction/types';
import { repr } from '../util/repr';

/**
 * A value as one row of bytes, for whoever reads it:
 *
 *     u8 0x80 | u8 codec | u16 0 | u32 bytes of text | u32 blocks | u32 bytes of the text of definitions
 *     | u32 blocks of it | u32 0 | f64 length of each block | text | text of definitions | blocks
 *
 * The first byte is that of Python's pickles: what does not begin so was sent by `send_bytes`.
 */
const START = 0x80;
const HEAD = 24;
/** What is short is written into one piece. */
const SHORT = 4096;

export interface Pickled {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

/** @throws PicklingError with the way to what cannot be sent. */
export function dumps(value: unknown): Pickled {
  const { codec, text, blocks, definitions } = encodeItem(value);
  const about = definitions?.text ?? '';
  const all = definitions === null ? blocks : [...blocks, ...definitions.blocks];
  const textBytes = Buffer.byteLength(text);
  const aboutBytes = Buffer.byteLength(about);
  const first = HEAD + 8 * all.length + textBytes + aboutBytes;
  let length = first;
  for (const block of all) length += block.byteLength;

  const isOne = length <= SHORT;
  const head = Buffer.allocUnsafe(isOne ? length : first);
  head[0] = START;
  head[1] = codec;
  head.writeUInt16LE(0, 2);
  head.writeUInt32LE(textBytes, 4);
  head.writeUInt32LE(blocks.length, 8);
  head.writeUInt32LE(aboutBytes, 12);
  head.writeUInt32LE(all.length - blocks.length, 16);
  head.writeUInt32LE(0, 20);
  let at = HEAD;
  for (const block of all) at = head.writeDoubleLE(block.byteLength, at);
  at += head.write(text, at);
  if (aboutBytes > 0) at += head.write(about, at);
  if (!isOne) return { pieces: [head, ...all], length };
  for (const block of all) {
    head.set(block, at);
    at += block.byteLength;
  }
  return { pieces: [head], length };
}

/**
 * The inverse, in two steps: first all is copied out of the bytes, then, when they are no longer needed, made a value.
 *
 * @param isOwn - the bytes are nobody else's, and stay as they are: what is large need not be copied.
 * @throws UnpicklingError (in the second step) for what was never pickled; EOFError for nothing at all.
 */
export function unpack(bytes: Buffer, isOwn = false): () => unknown {
  if (bytes.length === 0) return refuse(new EOFError('Ran out of input'));
  if (bytes[0] !== START) {
    const key = repr(bytes.subarray(0, 1)).slice(1);
    return refuse(new UnpicklingError(`invalid load key, ${key}.`));
  }
  const at = bytes.length < HEAD ? Infinity : textEnd(bytes);
  if (at > bytes.length) return refuse(new UnpicklingError('pickle data was truncated'));
  const textBytes = bytes.readUInt32LE(4);
  const count = bytes.readUInt32LE(8);
  const textAt = at - textBytes - bytes.readUInt32LE(12);
  const text = bytes.toString('utf8', textAt, textAt + textBytes);
  const about = bytes.toString('utf8', textAt + textBytes, at);
  const blocks = readBlocks(bytes, at, isOwn);
  const codec = bytes[1] as CodecId;
  return () =>
    decodeItem({
      codec,
      text,
      blocks: blocks.slice(0, count),
      definitions: about === '' ? null : { text: about, blocks: blocks.slice(count) },
    });
}

const blockCount = (bytes: Buffer): number => bytes.readUInt32LE(8) + bytes.readUInt32LE(16);

const textEnd = (bytes: Buffer): number =>
  HEAD + 8 * blockCount(bytes) + bytes.readUInt32LE(4) + bytes.readUInt32LE(12);

/** A part of a message that is smaller would keep all of it. */
const LARGE = 65_536;

function readBlocks(bytes: Buffer, start: number, isOwn: boolean): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let at = start;
  for (let i = 0; i < blockCount(bytes); i++) {
    const length = bytes.readDoubleLE(HEAD + 8 * i);
    const block = bytes.subarray(at, at + length);
    blocks.push(isOwn && length >= LARGE ? block : new Uint8Array(block));
    at += length;
  }
  return blocks;
}

function refuse(error: Error): () => never {
  return () => {
    throw error;
  };
}
