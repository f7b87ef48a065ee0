import { arena } from '../native/arena';
import { startOf, type Window } from '../native/mapping';
import type { EncodedItem } from '../reduction/items';
import type { CodecId } from '../reduction/types';

/**
 * Items in shared memory. A node is a block of the heap, named by its granule: a header, then the texts and the small
 * blocks of the item. A large block of an item is one of the heap.
 */
const GRANULE = 64;

/** Words of the header. */
const NEXT = 0;
/** How long all of the node is, in bytes. */
const BYTES = 1;
/** The codec, and {@link Flag}s. */
const KIND = 2;
const TEXT_BYTES = 3;
const DEFINITIONS_BYTES = 4;
/** Blocks of the value, and behind them those of its definitions. */
const BLOCKS = 5;
const DEFINITIONS_BLOCKS = 6;
const HEADER_WORDS = 7;

/** Words of a block: its length, low and high, and its granule; 0: it lies in the node. */
const BLOCK_WORDS = 3;
const PLACE = 2;

const CODECS = 0xff;
const Flag = { HasDefinitions: 0x100, TextIsAscii: 0x200 } as const;

/** Blocks from here on lie by themselves, so that powers of two stay what they are. */
const LARGE = 2048;

const wordAt = (node: number, bytes: number, word: number): number =>
  (startOf(node * GRANULE, bytes) >> 2) + word;

export function nextOf(node: number): number {
  const { words } = arena().mapping.window(node * GRANULE, GRANULE);
  return words[wordAt(node, GRANULE, NEXT)] as number;
}

export function setNext(node: number, next: number): void {
  const { words } = arena().mapping.window(node * GRANULE, GRANULE);
  words[wordAt(node, GRANULE, NEXT)] = next;
}

const NONE: readonly Uint8Array[] = [];

/**
 * Writes an item into memory that nobody else knows of.
 *
 * @throws MemoryError when there is none left.
 */
export function writeNode({ codec, text, blocks, definitions }: EncodedItem): number {
  const textBytes = Buffer.byteLength(text);
  const about = definitions?.text ?? '';
  const aboutBytes = definitions === null ? 0 : Buffer.byteLength(about);
  const aboutBlocks = definitions?.blocks ?? NONE;
  const all = aboutBlocks.length === 0 ? blocks : [...blocks, ...aboutBlocks];
  const header = (HEADER_WORDS + all.length * BLOCK_WORDS) * 4;
  let bytes = header + textBytes + aboutBytes;
  for (const { byteLength } of all) if (byteLength < LARGE) bytes += byteLength;

  const { heap, mapping } = arena();
  const offset = heap.allocate(bytes);
  const window = mapping.window(offset, bytes);
  const start = startOf(offset, bytes);
  const { words } = window;
  const first = start >> 2;
  const isAscii = textBytes === text.length;
  words[first + NEXT] = 0;
  words[first + BYTES] = bytes;
  words[first + KIND] =
    codec | (definitions === null ? 0 : Flag.HasDefinitions) | (isAscii ? Flag.TextIsAscii : 0);
  words[first + TEXT_BYTES] = textBytes;
  words[first + DEFINITIONS_BYTES] = aboutBytes;
  words[first + BLOCKS] = blocks.length;
  words[first + DEFINITIONS_BLOCKS] = aboutBlocks.length;

  let at = start + header;
  window.bytes.write(text, at, textBytes, isAscii ? 'latin1' : 'utf8');
  at += textBytes;
  if (aboutBytes > 0) window.bytes.write(about, at, aboutBytes, 'utf8');
  at += aboutBytes;
  if (all.length > 0) writeBlocks(all, window, first + HEADER_WORDS, at, offset, bytes);
  return offset / GRANULE;
}

function writeBlocks(
  blocks: readonly Uint8Array[],
  { words, bytes: memory }: Window,
  firstWord: number,
  firstByte: number,
  offset: number,
  bytes: number,
): void {
  const { heap, mapping } = arena();
  let word = firstWord;
  let at = firstByte;
  const placed: [offset: number, bytes: number][] = [];
  try {
    for (const block of blocks) {
      const { byteLength } = block;
      words[word] = byteLength;
      words[word + 1] = Math.floor(byteLength / 2 ** 32);
      if (byteLength < LARGE) {
        words[word + PLACE] = 0;
        memory.set(block, at);
        at += byteLength;
      } else {
        const place = heap.allocate(byteLength);
        placed.push([place, byteLength]);
        words[word + PLACE] = place / GRANULE;
        mapping.window(place, byteLength).bytes.set(block, startOf(place, byteLength));
      }
      word += BLOCK_WORDS;
    }
  } catch (error) {
    for (const [place, length] of placed) heap.free(place, length);
    heap.free(offset, bytes);
    throw error;
  }
}

/** Reads an item, and gives its memory back. @throws RangeError for what is too large for this process. */
export function readNode(node: number): EncodedItem {
  try {
    return read(node);
  } finally {
    freeNode(node);
  }
}

function read(node: number): EncodedItem {
  const offset = node * GRANULE;
  const bytes = bytesOf(node);
  const { words, bytes: memory } = arena().mapping.window(offset, bytes);
  const start = startOf(offset, bytes);
  const first = start >> 2;
  const kind = words[first + KIND] as number;
  const textBytes = lengthAt(words, first + TEXT_BYTES);
  const aboutBytes = lengthAt(words, first + DEFINITIONS_BYTES);
  const count = words[first + BLOCKS] as number;
  const all = count + (words[first + DEFINITIONS_BLOCKS] as number);

  let at = start + (HEADER_WORDS + all * BLOCK_WORDS) * 4;
  const text = memory.toString((kind & Flag.TextIsAscii) === 0 ? 'utf8' : 'latin1', at, at + textBytes);
  at += textBytes;
  const about = aboutBytes === 0 ? '' : memory.toString('utf8', at, at + aboutBytes);
  at += aboutBytes;
  const blocks = all === 0 ? NONE : readBlocks(all, words, first + HEADER_WORDS, memory, at);
  const hasDefinitions = (kind & Flag.HasDefinitions) !== 0;
  return {
    codec: (kind & CODECS) as CodecId,
    text,
    blocks: hasDefinitions ? blocks.slice(0, count) : blocks,
    definitions: hasDefinitions ? { text: about, blocks: blocks.slice(count) } : null,
  };
}

function readBlocks(
  count: number,
  words: Int32Array,
  firstWord: number,
  memory: Uint8Array,
  firstByte: number,
): readonly Uint8Array[] {
  const { mapping } = arena();
  const blocks: Uint8Array[] = [];
  let at = firstByte;
  for (let i = 0, word = firstWord; i < count; i++, word += BLOCK_WORDS) {
    const length = longAt(words, word);
    const place = (words[word + PLACE] as number) * GRANULE;
    if (place === 0) {
      blocks.push(new Uint8Array(memory.subarray(at, at + length)));
      at += length;
    } else {
      const { bytes } = mapping.window(place, length);
      const start = startOf(place, length);
      blocks.push(new Uint8Array(bytes.subarray(start, start + length)));
    }
  }
  return blocks;
}

/** Gives the memory of an item back. */
export function freeNode(node: number): void {
  const { heap, mapping } = arena();
  const offset = node * GRANULE;
  const bytes = bytesOf(node);
  const { words } = mapping.window(offset, bytes);
  const first = startOf(offset, bytes) >> 2;
  const all = (words[first + BLOCKS] as number) + (words[first + DEFINITIONS_BLOCKS] as number);
  for (let i = 0, word = first + HEADER_WORDS; i < all; i++, word += BLOCK_WORDS) {
    const place = (words[word + PLACE] as number) * GRANULE;
    if (place !== 0) heap.free(place, longAt(words, word));
  }
  heap.free(offset, bytes);
}

/** The first granule of any node lies within the window that it begins in. */
function bytesOf(node: number): number {
  const offset = node * GRANULE;
  const { words } = arena().mapping.window(offset, GRANULE);
  return lengthAt(words, (startOf(offset, GRANULE) >> 2) + BYTES);
}

const lengthAt = (words: Int32Array, word: number): number => (words[word] as number) >>> 0;
const longAt = (words: Int32Array, word: number): number =>
  lengthAt(words, word) + (words[word + 1] as number) * 2 ** 32;
