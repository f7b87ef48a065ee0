import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { Family } from '../util/family_file';

/**
 * A frame between two threads: its text, with the blocks behind it if there are
 * any. A block over shared memory arrives over the same memory, any other as a
 * copy with memory of its own.
 */
export type ThreadFrame = string | readonly [text: string, ...blocks: Uint8Array[]];

/** The frame that says: nothing more will come, I end. */
export const GOODBYE = '';

/** What a thread is told before it runs anything. */
export interface ThreadStart {
  /** Its end of the channel. */
  readonly port: MessagePort;
  /** See {@link ThreadMemory}. */
  readonly memory: SharedArrayBuffer;
  /** See process_counter.ts. */
  readonly counters: SharedArrayBuffer;
  /** See family_file.ts. */
  readonly family: Family | null;
  /** See common_memory.ts. */
  readonly common: SharedArrayBuffer | null;
  /** See uninterrupted.ts. */
  readonly ending: SharedArrayBuffer;
}

/** Blocks from this size on are moved: the copy that is made for that is cheaper than node's. */
const MOVED = 65_536;

/**
 * The frame, and what of it is to be moved instead of copied.
 *
 * @param isOurs - nobody else needs this block any more, so it can be moved as it is.
 */
export function encodeThreadFrame(
  text: string,
  blocks: readonly Uint8Array[],
  isOurs: (block: Uint8Array) => boolean,
): [ThreadFrame, ArrayBuffer[]] {
  if (blocks.length === 0) return [text, NONE];
  const moved: ArrayBuffer[] = [];
  const sent = blocks.map((block) => {
    if (types.isSharedArrayBuffer(block.buffer)) return block;
    // Of a view, all the memory behind it would go along.
    const whole = block.byteLength === block.buffer.byteLength;
    const large = block.byteLength >= MOVED;
    const own = whole && (!large || isOurs(block)) ? block : new Uint8Array(block);
    if (large) moved.push(own.buffer as ArrayBuffer);
    return own;
  });
  return [[text, ...sent], moved];
}

const NONE: ArrayBuffer[] = [];

export function textOf(frame: ThreadFrame): string {
  return typeof frame === 'string' ? frame : frame[0];
}

export function blocksOf(frame: ThreadFrame): readonly Uint8Array[] {
  return typeof frame === 'string' ? NO_BLOCKS : (frame.slice(1) as Uint8Array[]);
}

const NO_BLOCKS: readonly Uint8Array[] = [];

/** How much it is to hold, for who counts what is on its way. */
export function sizeOf(frame: ThreadFrame): number {
  let size = textOf(frame).length;
  for (const block of blocksOf(frame)) size += block.byteLength;
  return size;
}
