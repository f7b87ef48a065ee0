import type { Family } from '../util/family_file';
import { SLOTS } from './layout';

/** Bytes of {@link Family.notes} before those about bells. */
const BELLS = 8;
/** Addresses of maps end in so many zeros. */
const PAGE = 0xfffn;

/** Where the shared file lies in the memory of this process. */
export interface Place {
  readonly address: bigint;
  /** A power of two. */
  readonly length: number;
}

/**
 * What the threads of a process do once for all of them. A thread can be ended at any time and cleans up nothing: what
 * each of them did for itself would stay.
 */
export class Notes {
  /** The address, with the length as its power in the zeros at the end. */
  readonly #place: BigUint64Array;
  readonly #bells: Int32Array;

  constructor({ notes }: Family) {
    this.#place = new BigUint64Array(notes, 0, 1);
    this.#bells = new Int32Array(notes, BELLS, SLOTS * 2);
  }

  get place(): Place | null {
    const word = Atomics.load(this.#place, 0);
    return word === 0n ? null : { address: word & ~PAGE, length: 2 ** Number(word & PAGE) };
  }

  /** The file was mapped. False if another thread was faster. */
  settle({ address, length }: Place): boolean {
    const word = address | BigInt(Math.log2(length));
    return Atomics.compareExchange(this.#place, 0, 0n, word) === 0n;
  }

  /** The descriptor of the bell that a token was last known to have; `null`: it is not known. */
  bell(id: number, token: number): number | null {
    if (Atomics.load(this.#bells, id * 2) !== token) return null;
    return Atomics.load(this.#bells, id * 2 + 1) - 1;
  }

  /**
   * Notes the descriptor of a bell. A slot keeps its descriptor for ever: another thread may be about to write to it,
   * and must never meet a file of the user there. So if there was one, the caller moves the new bell to it.
   *
   * @returns the descriptor that the slot had before.
   */
  note(id: number, token: number, bell: number): number | null {
    const before = Atomics.compareExchange(this.#bells, id * 2 + 1, 0, bell + 1);
    if (before === 0) Atomics.store(this.#bells, id * 2, token);
    return before === 0 ? null : before - 1;
  }

  moved(id: number, token: number): void {
    Atomics.store(this.#bells, id * 2, token);
  }

  forget(id: number, token: number): void {
    Atomics.compareExchange(this.#bells, id * 2, token, 0);
  }
}
