/**
 * What was assigned to attributes of a shared object, which nobody can wait for where it is written. Whatever is read
 * by the same proxy comes after it; an assignment that has failed is what the next one who looks is told.
 */
export class Assignments {
  #pending: Promise<void> = Promise.resolve();
  #count = 0;
  #failures: unknown[] = [];

  add(call: () => Promise<unknown>): void {
    this.#count++;
    this.#pending = this.#pending.then(call).then(
      () => {
        this.#count--;
      },
      (error: unknown) => {
        this.#count--;
        this.#failures.push(error);
      },
    );
  }

  /** Resolves when all of them are made. @throws what the first that has failed threw, once. */
  async made(): Promise<void> {
    while (this.#count > 0) await this.#pending;
    const [failure] = this.#failures;
    if (this.#failures.length === 0) return;
    this.#failures = [];
    throw failure;
  }
}
