/** So many calls gain what shared memory costs: some ms here and there, once in each process. */
const CALLS = 500;
/** So many bytes gain as much as one call. */
const BYTES = 16_384;

/** Whether calls were so many by now that more of them are to be expected, and shared memory pays. */
export class Worth {
  #left: number;

  /** @param isPossible - else it never does. */
  constructor(isPossible: boolean) {
    this.#left = isPossible ? CALLS : Infinity;
  }

  add(bytes: number): void {
    this.#left -= bytes / BYTES;
  }

  /** One more call. True once. */
  isReached(bytes: number): boolean {
    this.#left -= 1 + bytes / BYTES;
    if (this.#left > 0) return false;
    this.#left = Infinity;
    return true;
  }
}
