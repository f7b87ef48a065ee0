import { SharedHeap } from './heap';
import { Mapping, type Piece } from './mapping';
import { Slots } from './slots';
import { Waiting } from './waiting';

/** The memory that all processes and threads of a family share, as one thread sees it. */
export interface Arena {
  readonly heap: SharedHeap;
  readonly slots: Slots;
  readonly waiting: Waiting;
  readonly mapping: Mapping;
}

let made: Arena | null = null;

/** @throws NotImplementedError where processes cannot share memory. */
export function arena(): Arena {
  return (made ??= make());
}

function make(): Arena {
  const mapping = new Mapping();
  const slots = new Slots(mapping);
  return { mapping, slots, heap: new SharedHeap(mapping, slots), waiting: new Waiting(slots) };
}

/** Blocks that were sent to nobody are given back when nobody here holds them any more. */
const unheld = new FinalizationRegistry<Unheld>(({ offset, bytes, dropped }) => {
  dropped?.({ offset, bytes });
  made?.heap.free(offset, bytes);
});

interface Unheld extends SharedBlock {
  readonly dropped: ((block: SharedBlock) => void) | undefined;
}

/** What travels of a block: enough to find it again. */
export interface SharedBlock {
  readonly offset: number;
  readonly bytes: number;
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
   */
  static make(bytes: number, dropped?: (block: SharedBlock) => void): Block {
    const whole = Math.max(64, Math.ceil(bytes / 8) * 8);
    const block = new Block(arena().heap.allocate(whole), whole);
    block.words.fill(0);
    unheld.register(block, { offset: block.offset, bytes: whole, dropped }, block);
    return block;
  }

  /** The bytes that another process or thread has shared. */
  static at({ offset, bytes }: SharedBlock): Block {
    return new Block(offset, bytes);
  }

  /**
   * Somebody else will hold it too. Nobody knows how long (a message may be on its way, or in a cache), so the bytes
   * stay taken until the family has ended.
   */
  share(): SharedBlock {
    unheld.unregister(this);
    return { offset: this.offset, bytes: this.bytes };
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
}
