import { arena, Block, type SharedBlock } from '../native/arena';
import { GRANULE } from '../native/layout';
import { Ring, RING_WORDS } from '../native/ring';
import { SpinLock } from '../native/spin_lock';
import { Claims, CLAIMS_WORDS } from './claims';

/** The two ends; of a pipe of one direction, 0 reads and 1 writes. */
export type EndId = 0 | 1;
export const other = (end: EndId): EndId => (end === 0 ? 1 : 0);

/** Words of a pipe: a head, the rings that lead to either end, the claims on either end. */
const Head = {
  /** Which pipe it is, so that who comes late does not take another one for it. */
  Id: 0,
  Lock: 2,
  Duplex: 3,
} as const;
const HEAD_WORDS = 16;
const RINGS = HEAD_WORDS;
const CLAIMS = RINGS + 2 * RING_WORDS;
const BYTES = (CLAIMS + 2 * CLAIMS_WORDS) * 4;

/** What travels of a pipe. */
export interface SharedPipe extends SharedBlock {
  readonly id: readonly [number, number];
}

/** The shared memory of a pipe. It is given back when nobody holds either end. */
export class PipeMemory {
  readonly shared: SharedPipe;
  readonly isDuplex: boolean;
  /** By the end that reads. */
  readonly rings: readonly [Ring, Ring | null];
  readonly claims: readonly [Claims, Claims];
  readonly #lock: SpinLock;
  readonly #words: Int32Array;

  /** Not to be called: see {@link PipeMemory.make} and {@link PipeMemory.at}. */
  constructor(block: Block, shared: SharedBlock, id: readonly [number, number]) {
    const { words } = block;
    this.#words = words;
    this.shared = { ...shared, id };
    this.isDuplex = words[Head.Duplex] === 1;
    this.#lock = new SpinLock(words, Head.Lock, arena().slots);
    this.rings = [new Ring(ringWords(words, 0)), this.isDuplex ? new Ring(ringWords(words, 1)) : null];
    const claims = (end: EndId) =>
      new Claims(words.subarray(CLAIMS + end * CLAIMS_WORDS, CLAIMS + (end + 1) * CLAIMS_WORDS));
    this.claims = [claims(0), claims(1)];
  }

  static make(duplex: boolean): PipeMemory {
    const block = Block.make(BYTES);
    const { words } = block;
    const id = [arena().slots.token, nextId++] as const;
    words[Head.Duplex] = duplex ? 1 : 0;
    Ring.prepare(ringWords(words, 0));
    if (duplex) Ring.prepare(ringWords(words, 1));
    words[Head.Id] = id[0];
    words[Head.Id + 1] = id[1];
    return new PipeMemory(block, block.keep(), id);
  }

  /** `null` if it is gone. */
  static at(shared: SharedPipe): PipeMemory | null {
    const block = Block.at(shared);
    return isSame(block.words, shared.id) ? new PipeMemory(block, shared, shared.id) : null;
  }

  /** Was its memory given back? */
  get isOver(): boolean {
    return !isSame(this.#words, this.shared.id);
  }

  /** What is waited for: that a message comes to this end, or goes from it, or that the other end is gone. */
  readingAt(end: EndId): number {
    return this.shared.offset + end * GRANULE;
  }

  writingAt(end: EndId): number {
    return this.shared.offset + (2 + end) * GRANULE;
  }

  /** Changes who holds what. False if the pipe is gone. */
  change(work: (claims: readonly [Claims, Claims]) => void): boolean {
    this.#lock.enter();
    try {
      if (!isSame(this.#words, this.shared.id)) return false;
      work(this.claims);
      return true;
    } finally {
      this.#lock.leave();
    }
  }

  /** Looks whether somebody holds this end, and if not, tells those who wait. By whoever holds the other end. */
  look(end: EndId): boolean {
    return !this.claims[end].areGone && this.settle(end);
  }

  /**
   * Gives up a claim on the end, and looks whether it is held still. If neither end is, that was the pipe: its memory
   * is given back.
   */
  settle(end: EndId, giveUp: ((claims: Claims) => void) | null = null): boolean {
    const state = { held: true, over: false };
    this.change((claims) => {
      giveUp?.(claims[end]);
      state.held = claims[end].look();
      state.over = !state.held && !claims[other(end)].look();
      if (state.over) Atomics.store(this.#words, Head.Id, 0);
    });
    if (state.held) return true;
    const { waiting } = arena();
    waiting.notify(this.readingAt(other(end)));
    waiting.notify(this.writingAt(other(end)));
    if (state.over) this.#free();
    return false;
  }

  /** Does anybody hold either end? For who holds neither. If nobody does, that was the pipe as well. */
  isHeld(): boolean {
    const state = { there: false, held: false };
    state.there = this.change((claims) => {
      state.held = claims[0].look() || claims[1].look();
      if (!state.held) Atomics.store(this.#words, Head.Id, 0);
    });
    if (state.there && !state.held) this.#free();
    return state.held;
  }

  #free(): void {
    for (const ring of this.rings) ring?.free();
    arena().heap.free(this.shared.offset, this.shared.bytes);
  }
}

let nextId = 1;

const ringWords = (words: Int32Array, end: EndId): Int32Array =>
  words.subarray(RINGS + end * RING_WORDS, RINGS + (end + 1) * RING_WORDS);

const isSame = (words: Int32Array, [first, second]: readonly [number, number]): boolean =>
  Atomics.load(words, Head.Id) === first && words[Head.Id + 1] === second;
