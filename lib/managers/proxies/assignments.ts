import { after, Eventual, go, type Course } from '../../util/eventual';

/**
 * What was assigned to attributes of a shared object, which nobody can wait for where it is written. Whatever is read
 * by the same proxy comes after it; an assignment that has failed is what the next one who looks is told.
 */
export class Assignments {
  #pending: Eventual<unknown> = Eventual.of(null);
  #count = 0;
  #failures: unknown[] = [];

  add(call: () => Eventual<unknown>): void {
    this.#count++;
    this.#pending = go(this.#making(this.#pending, call));
  }

  *#making(before: Eventual<unknown>, call: () => Eventual<unknown>): Course<void> {
    yield* after(before);
    try {
      yield* Eventual.try(call);
    } catch (error) {
      this.#failures.push(error);
    } finally {
      this.#count--;
    }
  }

  /** To its end when all of them are made. @throws what the first that has failed threw, once. */
  *made(): Course<void> {
    while (this.#count > 0) yield* after(this.#pending);
    const [failure] = this.#failures;
    if (this.#failures.length === 0) return;
    this.#failures = [];
    throw failure;
  }
}
