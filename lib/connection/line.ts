/** Those who wait go one after the other, in the order in which they came. */
export class Line {
  #last: Promise<unknown> | null = null;

  get isEmpty(): boolean {
    return this.#last === null;
  }

  wait<T>(turn: () => Promise<T>): Promise<T> {
    const mine = this.#last === null ? turn() : this.#last.then(turn);
    const done = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last = done;
    void done.then(() => {
      if (this.#last === done) this.#last = null;
    });
    return mine;
  }
}
