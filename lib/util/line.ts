/** Those in this thread who wait for the same: who came first goes first. */
export class Line {
  readonly #members = new Set<object>();

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /**
   * Waits in line.
   *
   * @param wait - tries until an attempt succeeds; false if none has.
   * @param next - lets others try, here and elsewhere: this one does no more.
   */
  async wait(
    attempt: () => boolean,
    wait: (attempt: () => boolean) => Promise<boolean>,
    next: () => void,
  ): Promise<boolean> {
    const me = {};
    this.#members.add(me);
    try {
      return await wait(() => {
        if (this.#first !== me || !attempt()) return false;
        this.#members.delete(me);
        return true;
      });
    } finally {
      this.#members.delete(me);
      next();
    }
  }

  get #first(): object | undefined {
    return this.#members.values().next().value;
  }
}
