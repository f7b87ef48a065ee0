import { NotImplementedError, RuntimeError } from '../util/exceptions';
import { isStaying } from '../util/staying';
import type { SharedHeap } from './heap';
import { libc } from './libc';
import type * as MakeArena from './make_arena';
import type { Mapping, Piece } from './mapping';
import type { Slots } from './slots';
import type { SpinLock } from './spin_lock';
import type { Waiting } from './waiting';

/**
 * The memory that all processes and threads of a family share, as one thread sees it; or, where processes cannot, the
 * threads of one process.
 */
export interface Arena {
  readonly heap: SharedHeap;
  readonly slots: Slots;
  readonly waiting: Waiting;
  readonly mapping: Mapping;
  spinLock: (words: Int32Array, index: number) => SpinLock;
}

let made: Arena | null = null;

/**
 * Made, with the code for it, by who needs it first.
 *
 * @throws MemoryError when there is none.
 */
export function arena(): Arena {
  return (made ??= (require('./make_arena') as typeof MakeArena).makeArena());
}

/**
 * To be asked before what lies there is sent.
 *
 * @throws NotImplementedError for another process, where only threads share memory.
 */
export function checkReceiver(): void {
  if (!arena().mapping.isOfThreads || isStaying()) return;
  throw new NotImplementedError(`this can be sent to threads of this process only: ${reason()}`);
}

/** Why processes share no memory. */
function reason(): string {
  try {
    libc();
    return 'it was made by a thread that may not load native code';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Blocks that were sent to nobody are given back when nobody here holds them any more. */
const unheld = new FinalizationRegistry<Unheld>(({ block, dropped }) => {
  dropped?.(block);
  made?.heap.free(block.offset, block.bytes);
});

interface Unheld {
  readonly block: SharedBlock;
  readonly dropped: ((block: SharedBlock) => void) | undefined;
}

/** What travels of a block: enough to find it again. */
export interface SharedBlock {
  readonly offset: number;
  readonly bytes: number;
  /** The name of the memory that it lies in. */
  readonly file: number;
}

/** Some bytes of the shared memory, with what is needed to wait for changes in them. */
export class Block {
  readonly offset: number;
  readonly bytes: number;
  /** All of it in words; at least one granule. */
  readonly words: Int32Array;
  readonly piece: Piece;

  /** Not to be called: see {@link Block.make} and {@link Block.at}. */
  constructor(offset: number, bytes: number) {
    this.offset = offset;
    this.bytes = bytes;
    this.piece = arena().mapping.piece(offset, bytes);
    this.words = new Int32Array(this.piece.buffer, this.piece.start, bytes >> 2);
  }

  /**
   * New bytes, all zero. Given back when this object is dropped, unless it is {@link Block.share | shared}.
   *
   * @param dropped - is called before they are: for what else they lead to.
   * @throws MemoryError when there is none.
   */
  static make(bytes: number, dropped?: (block: SharedBlock) => void): Block {
    const { heap } = arena();
    const whole = Math.max(64, Math.ceil(bytes / 8) * 8);
    const block = new Block(heap.allocate(whole), whole);
    block.words.fill(0, 0, heap.dirty(whole) >> 2);
    unheld.register(block, { block: block.place, dropped }, block);
    return block;
  }

  /**
   * The bytes that another process or thread has shared.
   *
   * @throws RuntimeError if it does not belong to the same family: it was started when no file could be opened, or
   *   by somebody else.
   */
  static at({ offset, bytes, file }: SharedBlock): Block {
    if (file !== arena().mapping.name) {
      throw new RuntimeError('this process does not share the memory of the one that has sent the object');
    }
    return new Block(offset, bytes);
  }

  /**
   * Somebody else will hold it too. Nobody knows how long (a message may be on its way, or in a cache), so the bytes
   * stay taken until the family has ended.
   *
   * @throws NotImplementedError as {@link checkReceiver}.
   */
  share(): SharedBlock {
    checkReceiver();
    return this.keep();
  }

  /** As {@link Block.share}, for who holds it here longer than this object. */
  keep(): SharedBlock {
    unheld.unregister(this);
    return this.place;
  }

  /** Where it is, for somebody who is gone before this object is: it stays this object's. */
  get place(): SharedBlock {
    return { offset: this.offset, bytes: this.bytes, file: arena().mapping.name };
  }

  /** Waits until `attempt` says yes: see {@link Waiting.wait}. */
  wait(attempt: () => boolean, seconds: number | null): Promise<boolean> {
    return arena().waiting.wait(this.offset, attempt, seconds);
  }

  /** As {@link Block.wait}, but blocks the thread. */
  waitSync(attempt: () => boolean, seconds: number | null): boolean {
    return arena().waiting.waitSync(this.offset, attempt, seconds);
  }

  /** Something in it has changed: whoever waits tries again. */
  notify(): void {
    arena().waiting.notify(this.offset);
  }

  /** Something has changed for whoever has this token: that thread tries again. */
  wake(token: number): void {
    arena().waiting.ringOne(token);
  }

  /** A lock for what takes microseconds, in the word of this index. */
  spinLock(index: number): SpinLock {
    return arena().spinLock(this.words, index);
  }
}
