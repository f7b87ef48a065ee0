import type { GivenItem, ShareableList, SharedMemory } from '../shared_memory';
import { go } from '../util/eventual';
import { BaseManager } from './base_manager';
import { makingList, makingMemory } from './tracked_memory';

/**
 * Has shared memory with names, which is unlinked when the manager is shut down: nobody has to think of it.
 *
 * Python's `multiprocessing.managers.SharedMemoryManager`, and it speaks with Python's: the memory may be made by one and
 * used by the other. Also when the program that has started it dies, its server unlinks what is left. What somebody has
 * unlinked before is no error at the end. For Linux: elsewhere making memory is a `NotImplementedError`.
 *
 * @example
 * await using manager = await new SharedMemoryManager().start();
 * const shm = await manager.SharedMemory(128);
 * const list = await manager.ShareableList([1, 'two', null]);
 * shm.buf[0] = list[0] as number;
 * shm.close();
 * list.shm.close();
 */
export class SharedMemoryManager extends BaseManager {
  /** @internal */
  protected override readonly _tracksMemory = true;

  /**
   * Makes shared memory that ends with the manager. Resolves to it.
   *
   * @param size - in bytes.
   * @throws ValueError for a size that cannot be, and for a manager without an address: start it before.
   * @throws ConnectionRefusedError, FileNotFoundError when there is no server any more.
   * @throws OSError when there is no room for it.
   */
  SharedMemory(size: number | { readonly size: number }): Promise<SharedMemory>;
  SharedMemory(...args: unknown[]): Promise<SharedMemory> {
    return go(makingMemory((method, given) => this.reaching(method, given), args)).promise();
  }

  /**
   * Makes a list in shared memory that ends with the manager. Resolves to it.
   *
   * @param sequence - its items.
   * @throws KeyError for a value that no list can hold; and what {@link SharedMemoryManager.SharedMemory} throws.
   */
  ShareableList(
    sequence: Iterable<GivenItem> | { readonly sequence: Iterable<GivenItem> },
  ): Promise<ShareableList>;
  ShareableList(...args: unknown[]): Promise<ShareableList> {
    return go(makingList((method, given) => this.reaching(method, given), args)).promise();
  }
}
