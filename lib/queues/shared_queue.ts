import type { SharedBlock } from '../native/arena';
import { decodeItem, encodeItem, type EncodedItem } from '../reduction/items';
import { Line } from '../util/line';
import { stay } from '../util/staying';
import { freeNode, readNode, writeNode } from './nodes';
import { SharedList } from './shared_list';

/** What {@link SharedQueue.tryGet} gives when there is nothing. */
export const NOTHING = Symbol('nothing');

/**
 * What all queues are: values in shared memory, in one order for all who put and get. Nobody works for it in the
 * background: what was put is there, whatever becomes of who put it.
 *
 * Each call has three forms: one that tries, one that waits, one that blocks the thread.
 */
export class SharedQueue {
  readonly #list: SharedList;
  readonly #getters = new Line();
  readonly #putters = new Line();

  constructor(list: SharedList) {
    this.#list = list;
  }

  /** @param most - so many items fit in. */
  static make(most: number): SharedQueue {
    return new SharedQueue(SharedList.make(most));
  }

  static at(shared: SharedBlock): SharedQueue {
    return new SharedQueue(SharedList.at(shared));
  }

  share(): SharedBlock {
    return this.#list.share();
  }

  get size(): number {
    return this.#list.count;
  }

  get isFull(): boolean {
    return this.#list.count >= this.#list.most;
  }

  /** Items that were put and not said to be done. */
  get unfinished(): number {
    return this.#list.unfinished;
  }

  // ----------------------------------------------------------------- put

  /** @throws PicklingError for what cannot be sent. */
  encode(value: unknown): EncodedItem {
    return stay(() => encodeItem(value));
  }

  /** False if the queue is full. @throws MemoryError */
  tryPut(item: EncodedItem): boolean {
    if (this.isFull) return false;
    const node = writeNode(item);
    if (!this.#list.append(node)) {
      freeNode(node);
      return false;
    }
    this.#list.getters.notifyOne();
    this.#passRoomOn();
    return true;
  }

  /** As {@link SharedQueue.tryPut}, but nobody in this thread who waits is passed by. */
  tryPutInTurn(item: EncodedItem): boolean {
    return this.#putters.isEmpty && this.tryPut(item);
  }

  /** False if the queue was full for so many seconds. */
  async waitToPut(item: EncodedItem, seconds: number | null): Promise<boolean> {
    if (seconds !== null && seconds <= 0) return false;
    const kept = keep(item);
    return await this.#putters.wait(
      () => this.tryPut(kept),
      (attempt) => this.#list.putters.wait(attempt, seconds),
      () => {
        this.#passRoomOn();
      },
    );
  }

  /** Who does not wait takes in what has come: a callback may have made room. */
  putSync(item: EncodedItem, seconds: number | null): boolean {
    if (this.tryPut(item)) return true;
    const kept = keep(item);
    try {
      return this.#list.putters.waitSync(() => this.tryPut(kept), seconds);
    } finally {
      this.#passRoomOn();
    }
  }

  /** One who waits is told of each change; there may be room for more. */
  #passRoomOn(): void {
    if (!this.isFull) this.#list.putters.notifyOne();
  }

  // ----------------------------------------------------------------- get

  /** {@link NOTHING} if the queue is empty. @throws UnpicklingError for an item that cannot be decoded: it is gone. */
  tryGet(): unknown {
    if (this.#list.count === 0) return NOTHING;
    const node = this.#list.take();
    if (node === 0) return NOTHING;
    this.#list.putters.notifyOne();
    this.#passItemsOn();
    return decodeItem(readNode(node));
  }

  /** As {@link SharedQueue.tryGet}, but nobody in this thread who waits is passed by. */
  tryGetInTurn(): unknown {
    return this.#getters.isEmpty ? this.tryGet() : NOTHING;
  }

  /** {@link NOTHING} if the queue was empty for so many seconds. */
  async waitToGet(seconds: number | null): Promise<unknown> {
    let value: unknown = NOTHING;
    if (seconds !== null && seconds <= 0) return value;
    await this.#getters.wait(
      () => (value = this.tryGet()) !== NOTHING,
      (attempt) => this.#list.getters.wait(attempt, seconds),
      () => {
        this.#passItemsOn();
      },
    );
    return value;
  }

  getSync(seconds: number | null): unknown {
    let value = this.tryGet();
    if (value !== NOTHING) return value;
    try {
      this.#list.getters.waitSync(() => (value = this.tryGet()) !== NOTHING, seconds);
    } finally {
      this.#passItemsOn();
    }
    return value;
  }

  /** One who waits is told of each change; there may be items for more. */
  #passItemsOn(): void {
    if (this.#list.count > 0) this.#list.getters.notifyOne();
  }

  // ---------------------------------------------------------------- done

  /** One item more is done. False if all were. */
  done(): boolean {
    const left = this.#list.done();
    if (left === 0) this.#list.notifyDone();
    return left >= 0;
  }

  async allDone(): Promise<void> {
    await this.#list.waitUntilDone();
  }

  allDoneSync(): void {
    this.#list.waitUntilDoneSync();
  }
}

/** An item as it is now: the value may change while it waits. */
function keep(item: EncodedItem): EncodedItem {
  if (item.blocks.length === 0) return item;
  return { ...item, blocks: item.blocks.map((block) => new Uint8Array(block)) };
}
