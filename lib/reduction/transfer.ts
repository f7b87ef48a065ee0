import { types } from 'node:util';
import { Hint, refuse, type Trail } from './graph/trail';

/** Memory to be moved by the next message that it is part of. */
const marked = new WeakSet<ArrayBufferLike>();
/** Blocks that belong to nobody but their message. */
const moved = new WeakSet<Uint8Array>();
/** Smaller ones are copied: that costs nothing, and a copy can be sent again. */
const WORTH_MOVING = 65_536;

/** The user's code may replace the global one. */
const clone = structuredClone;

/**
 * Marks the memory of a typed array, a Buffer, a DataView, or an ArrayBuffer itself, as to be moved: the next call
 * whose argument it is, or the task that returns it, gives it away instead of copying it.
 *
 * The sender's buffer is then detached: it and all views of it have a length of 0, and whoever sends it again gets a
 * `PicklingError`. The receiver has the same bytes in a buffer of the same length, and in views of the same kind and
 * place. So it is for every kind of pool; to threads not a byte is copied (of 64 KiB and more: what is smaller is not
 * worth it), to processes one copy less is made. Python has no such call: its threads share all objects, its processes copy.
 *
 * It is moved when the call is made (an item of an `imap`, when it is taken), if all else in it can be sent.
 * The call is then given to an idle worker, and if that dies, is lost with it. What is marked and not sent is untouched.
 * What functions capture, `initargs`, and what errors hold is copied nevertheless, as it may be needed again.
 *
 * @param memory - a view moves its whole buffer, with all other views of it.
 * @returns `memory` itself.
 * @throws TypeError for what has no memory of its own: a SharedArrayBuffer is shared anyway.
 *
 * @example
 * const frame = new Uint8Array(1 << 20);
 * const inverted = await pool.apply((f: Uint8Array) => transfer(f.map((x) => 255 - x)), [transfer(frame)]);
 * console.log(frame.length, inverted.length); // 0 1048576
 */
export function transfer<T extends ArrayBufferLike | ArrayBufferView>(memory: T): T {
  const buffer: unknown = ArrayBuffer.isView(memory) ? memory.buffer : memory;
  if (types.isSharedArrayBuffer(buffer))
    throw new TypeError('a SharedArrayBuffer is shared: it cannot be moved');
  if (!types.isArrayBuffer(buffer)) throw new TypeError('transfer() takes an ArrayBuffer or a view of one');
  marked.add(buffer);
  return memory;
}

export const isMarked = (buffer: ArrayBufferLike): boolean => marked.has(buffer);

/** Is the memory gone? */
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0 || types.isSharedArrayBuffer(buffer)) return false;
  // Since Node 21 it tells itself.
  const { detached } = buffer as { detached?: boolean };
  if (detached !== undefined) return detached;
  try {
    return new Uint8Array(buffer).byteLength > 0;
  } catch {
    return true;
  }
}

/**
 * Takes the memory out of a buffer: it is detached from now on.
 *
 * @param isForThread - the block is to be moved on, to the thread that gets it.
 * @throws PicklingError if it cannot be taken.
 */
export function take(buffer: ArrayBuffer, isForThread: boolean, trail: Trail | null): Uint8Array {
  let memory: ArrayBuffer | null = null;
  try {
    memory = clone(buffer, { transfer: [buffer] });
  } catch {
    // Node 20 does not throw, but makes a copy of what it cannot take.
  }
  if (memory === null || !isDetached(buffer)) {
    return refuse(
      'this ArrayBuffer cannot be moved: it belongs to WebAssembly, or to a pool of node',
      trail,
      Hint.Unmovable,
    );
  }
  const block = new Uint8Array(memory);
  if (isForThread && block.byteLength >= WORTH_MOVING) moved.add(block);
  return block;
}

/** Is this block to be moved to its receiver? It can be sent once only. */
export const isMoved = (block: Uint8Array): boolean => moved.has(block);
