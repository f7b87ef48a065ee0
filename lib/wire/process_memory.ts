import { Buffer } from 'node:buffer';
import type * as Arena from '../native/arena';
import type { Block, SharedBlock } from '../native/arena';
import { SharedClaims } from './shared_claims';
import { SharedJournal } from './shared_journal';

const CLAIMS = 0;
const JOURNAL = CLAIMS + SharedClaims.WORDS;
/** The worker has it, and its journal is there. */
const READY = JOURNAL + SharedJournal.WORDS;
/** Where the texts of the journal begin. */
const TEXTS = 64;
/** All of it: a power of two, as blocks are. */
const BYTES = 65_536;

/**
 * Claims and journal of a worker process in the shared memory of its family, where they cost no call of the system.
 * Made by the parent; the worker finds it by its place. It is given back when the parent drops it.
 */
export class ProcessMemory {
  readonly claims: SharedClaims;
  readonly journal: SharedJournal;
  readonly #block: Block;

  /** Not to be called: see {@link ProcessMemory.make} and {@link ProcessMemory.at}. */
  constructor(block: Block, frame: number) {
    this.#block = block;
    const { buffer, start } = block.piece;
    this.claims = new SharedClaims(block.words.subarray(CLAIMS, JOURNAL));
    this.journal = new SharedJournal(
      block.words.subarray(JOURNAL, READY),
      Buffer.from(buffer, start + TEXTS, BYTES - TEXTS),
      frame,
    );
  }

  /**
   * To be called where processes share memory; elsewhere the worker would not find it.
   *
   * @throws MemoryError when there is none.
   */
  static make(): ProcessMemory {
    return new ProcessMemory(native().Block.make(BYTES), 0);
  }

  /**
   * The worker: what its parent has made.
   *
   * @param frame - the number of the next frame.
   * @throws Error if it cannot be reached from here.
   */
  static at(place: SharedBlock, frame: number): ProcessMemory {
    const memory = new ProcessMemory(native().Block.at(place), frame);
    memory.journal.begin();
    Atomics.store(memory.#block.words, READY, 1);
    return memory;
  }

  get isReady(): boolean {
    return Atomics.load(this.#block.words, READY) === 1;
  }

  /** Where it is, as JSON. */
  get place(): string {
    return JSON.stringify(this.#block.place);
  }
}

/** Loaded by who has much to do only. */
const native = (): typeof Arena => require('../native/arena') as typeof Arena;
