import { Block } from '../native/arena';
import { CArray, arrayAt, type AnyCArray } from './carray';
import { SimpleCData, type AnyCData, type AnyCType } from './types';

/**
 * A value or an array of its own that is as this one is now, without a lock.
 *
 * Python's `sharedctypes.copy`.
 *
 * @throws TypeError for what is no shared object, also for one with a lock: copy its `get_obj()`.
 */
export function copy<O extends AnyCData | AnyCArray>(obj: O): O;
export function copy(obj: unknown): AnyCData | AnyCArray {
  if (!(obj instanceof SimpleCData) && !(obj instanceof CArray)) throw new TypeError('this type has no size');
  const type = obj.type as unknown as AnyCType;
  const length = obj instanceof CArray ? obj.length : 1;
  const block = Block.make(length * type.size);
  const { view } = type.cells(block.piece, length);
  (view as Uint8Array).set(obj.cells.view as Uint8Array);
  return obj instanceof CArray ? arrayAt(type, block, length) : new type(block);
}
