import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { Serializer } from 'node:v8';
import { UnpicklingError } from '../errors';
import { inForeignRealm } from '../util/realm';
import { adopt } from './realms';

/** Memory as blocks of a message, and back. */

/** Shared memory has no bytes of its own in a message, so that nobody counts or compares them. */
export const sharedBlock = (memory: SharedArrayBuffer): Uint8Array => new Uint8Array(memory, 0, 0);

/** The inverse, where a block was shared all the way. @throws UnpicklingError */
export function sharedMemory(block: Uint8Array | undefined): SharedArrayBuffer {
  const memory: unknown = block?.buffer;
  if (!types.isSharedArrayBuffer(memory))
    throw new UnpicklingError('memory was not shared with this process');
  return ours(memory);
}

/** The memory of a block, for whoever gets the message: taken as it is if it is the block's own, else a copy. */
export function ownMemory(block: Uint8Array): ArrayBuffer {
  const isOwn = block.byteLength === block.buffer.byteLength && !types.isSharedArrayBuffer(block.buffer);
  return ours((isOwn ? block : new Uint8Array(block)).buffer as ArrayBuffer);
}

function ours<T extends object>(memory: T): T {
  return inForeignRealm ? (adopt(memory) as T) : memory;
}

/** A view by the name of its class; without a length, of all the memory there is from its offset on. */
export function makeView(
  name: string,
  memory: ArrayBufferLike,
  offset: number,
  length: number | null,
): ArrayBufferView {
  if (name === 'Buffer') return Buffer.from(memory, offset, length ?? undefined);
  const View = (globalThis as unknown as Record<string, AnyView>)[name];
  if (View === undefined) throw new UnpicklingError(`this runtime has no ${name}`);
  return new View(memory, offset, length ?? undefined);
}

type AnyView = new (memory: ArrayBufferLike, offset: number, length?: number) => ArrayBufferView;

/** V8's format tells of a view what the language does not. */
class ViewReader extends Serializer {
  _getSharedArrayBufferId(): number {
    return 0;
  }
}

/** Does a view of shared memory grow with it? */
export function isTracking(view: ArrayBufferView): boolean {
  if ((view.buffer as { growable?: boolean }).growable !== true || Buffer.isBuffer(view)) return false;
  const reader = new ViewReader();
  reader.writeValue(view);
  // The last thing written are the flags of the view, and their first bit is this.
  return ((reader.releaseBuffer().at(-1) ?? 0) & 1) === 1;
}
