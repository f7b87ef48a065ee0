import { arena, Block, type SharedBlock } from '../native/arena';
import { Crowd, CROWD_WORDS } from '../native/crowd';
import { SpinLock } from '../native/spin_lock';
import { freeNode, nextOf, setNext } from './nodes';

/** Words of the block. */
const LOCK = 0;
/** Counts the changes; its last bit tells which of the two states holds. */
const VERSION = 1;
const MOST = 2;
/** The two states, of so many words. */
const STATES = 4;
const STATE_WORDS = 4;
/** Who waits for nodes, and who for room. */
const GETTERS = 16;
const PUTTERS = GETTERS + CROWD_WORDS;
const WORDS = PUTTERS + CROWD_WORDS;

/** Words of a state. */
const HEAD = 0;
const TAIL = 1;
const COUNT = 2;
/** Nodes that were taken and are not done, less those that were done too early. */
const TAKEN = 3;

/**
 * A list of nodes in shared memory, first in, first out. All of a change happens at once, when the version is
 * counted up: a thread that is killed before has changed nothing, and its lock goes to the next one.
 */
export class SharedList {
  readonly #block: Block;
  readonly #words: Int32Array;
  readonly #lock: SpinLock;
  /** Those who wait for a node. */
  readonly getters: Crowd;
  /** Those who wait for room. */
  readonly putters: Crowd;
  /** It never has more nodes than this. */
  readonly most: number;

  /** Not to be called: see {@link SharedList.make} and {@link SharedList.at}. */
  constructor(block: Block) {
    this.#block = block;
    this.#words = block.words;
    this.#lock = new SpinLock(this.#words, LOCK, arena().slots);
    this.getters = new Crowd(this.#words, GETTERS, block.offset);
    this.putters = new Crowd(this.#words, PUTTERS, block.offset);
    this.most = this.#words[MOST] as number;
  }

  static make(most: number): SharedList {
    const block = Block.make(WORDS * 4, freeNodes);
    block.words[MOST] = most;
    return new SharedList(block);
  }

  static at(shared: SharedBlock): SharedList {
    return new SharedList(Block.at(shared));
  }

  share(): SharedBlock {
    return this.#block.share();
  }

  get count(): number {
    return this.#read(COUNT);
  }

  /** Nodes that were appended and are not done. */
  get unfinished(): number {
    for (;;) {
      const version = Atomics.load(this.#words, VERSION);
      const state = stateOf(version);
      const unfinished = Atomics.load(this.#words, state + COUNT) + Atomics.load(this.#words, state + TAKEN);
      if (Atomics.load(this.#words, VERSION) === version) return unfinished;
    }
  }

  /** False if the list is full. */
  append(node: number): boolean {
    this.#lock.enter();
    try {
      const words = this.#words;
      const version = words[VERSION] as number;
      const now = stateOf(version);
      const count = words[now + COUNT] as number;
      if (count >= this.most) return false;
      // Behind the last one is nothing: what is written there does not count yet.
      if (count > 0) setNext(words[now + TAIL] as number, node);
      this.#change(version, count === 0 ? node : (words[now + HEAD] as number), node, count + 1, 0);
      return true;
    } finally {
      this.#lock.leave();
    }
  }

  /** The first node, which is nobody else's from now on; 0: there is none. */
  take(): number {
    this.#lock.enter();
    try {
      const words = this.#words;
      const version = words[VERSION] as number;
      const now = stateOf(version);
      const count = words[now + COUNT] as number;
      if (count === 0) return 0;
      const first = words[now + HEAD] as number;
      this.#change(version, count === 1 ? 0 : nextOf(first), words[now + TAIL] as number, count - 1, 1);
      return first;
    } finally {
      this.#lock.leave();
    }
  }

  /** One of the nodes is done. Tells how many are not; -1: there was none. */
  done(): number {
    this.#lock.enter();
    try {
      const words = this.#words;
      const version = words[VERSION] as number;
      const now = stateOf(version);
      const count = words[now + COUNT] as number;
      const left = count + (words[now + TAKEN] as number) - 1;
      if (left >= 0)
        this.#change(version, words[now + HEAD] as number, words[now + TAIL] as number, count, -1);
      return left;
    } finally {
      this.#lock.leave();
    }
  }

  #change(version: number, head: number, tail: number, count: number, taken: number): void {
    const words = this.#words;
    const now = stateOf(version);
    const next = stateOf(version + 1);
    words[next + HEAD] = head;
    words[next + TAIL] = tail;
    words[next + COUNT] = count;
    words[next + TAKEN] = (words[now + TAKEN] as number) + taken;
    Atomics.store(words, VERSION, version + 1);
  }

  #read(word: number): number {
    for (;;) {
      const version = Atomics.load(this.#words, VERSION);
      const value = Atomics.load(this.#words, stateOf(version) + word);
      if (Atomics.load(this.#words, VERSION) === version) return value;
    }
  }

  // -------------------------------------------------- waiting for the end

  waitUntilDone(): Promise<boolean> {
    return this.#block.wait(() => this.unfinished === 0, null);
  }

  waitUntilDoneSync(): boolean {
    return this.#block.waitSync(() => this.unfinished === 0, null);
  }

  /** Nothing is unfinished. */
  notifyDone(): void {
    this.#block.notify();
  }
}

const stateOf = (version: number): number => STATES + (version & 1) * STATE_WORDS;

/** What is left in a list that nobody has any more. */
function freeNodes(shared: SharedBlock): void {
  const list = SharedList.at(shared);
  for (let node = list.take(); node !== 0; node = list.take()) freeNode(node);
}
