import { blockFor } from '../../engine/blocking';
import { makingList, makingMemory } from '../../managers/tracked_memory';
import type { GivenItem, ShareableList, SharedMemory } from '../../shared_memory';
import { go } from '../../util/eventual';
import { BaseManager } from './base_manager';

/**
 * Has shared memory with names, which is unlinked when the manager is shut down: nobody has to think of it.
 *
 * Python's `multiprocessing.managers.SharedMemoryManager`, and it speaks with Python's: the memory may be made by one and
 * used by the other. Also when the program that has started it dies, its server unlinks what is left. What somebody has
 * unlinked before is no error at the end. For Linux: elsewhere making memory is a `NotImplementedError`.
 *
 * @example
 * using manager = new SharedMemoryManager().start();
 * const shm = manager.SharedMemory(128);
 * const list = manager.ShareableList([1, 'two', null]);
 * shm.buf[0] = list[0] as number;
 * shm.close();
 * list.shm.close();
 */
export class SharedMemoryManager extends BaseManager {
  /** @internal */
  protected override readonly _tracksMemory = true;

  /**
   * Makes shared memory that ends with the manager. Returns it.
   *
   * @param size - in bytes.
   * @throws ValueError for a size that cannot be, and for a manager without an address: start it before.
   * @throws ConnectionRefusedError, FileNotFoundError when there is no server any more.
   * @throws OSError when there is no room for it.
   */
  SharedMemory(size: number | { readonly size: number }): SharedMemory;
  SharedMemory(...args: unknown[]): SharedMemory {
    return blockFor(() => go(makingMemory((method, given) => this.reaching(method, given), args)));
  }

  /**
   * Makes a list in shared memory that ends with the manager. Returns it.
   *
   * @param sequence - its items.
   * @throws KeyError for a value that no list can hold; and what {@link SharedMemoryManager.SharedMemory} throws.
   */
  ShareableList(sequence: Iterable<GivenItem> | { readonly sequence: Iterable<GivenItem> }): ShareableList;
  ShareableList(...args: unknown[]): ShareableList {
    return blockFor(() => go(makingList((method, given) => this.reaching(method, given), args)));
  }
}
