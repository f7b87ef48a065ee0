/** A linear search among so many is faster than a Map. */
const FEW = 8;

/** The objects that a pickle has named, in the order of their places in its memo. */
export class Seen {
  #few: unknown[] = [];
  #many: Map<unknown, number> | null = null;
  #size = 0;

  /** Its place; -1 if it has none. */
  find(value: unknown): number {
    if (this.#many === null) return this.#few.indexOf(value);
    return this.#many.get(value) ?? -1;
  }

  add(value: unknown): void {
    const place = this.#size++;
    if (place < FEW) this.#few.push(value);
    else (this.#many ??= new Map(this.#few.map((each, i) => [each, i]))).set(value, place);
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#few = [];
    this.#many = null;
    this.#size = 0;
  }
}
