import { isThenable } from '../util/thenable';
import { Deque } from '../util/deque';
import { uncaught } from '../util/uncaught';

interface Entry {
  readonly callback: (value: unknown) => unknown;
  readonly value: unknown;
  readonly after: () => void;
}

/**
 * Runs the callbacks of one pool: one at a time, in the order in which the
 * results came. One that returns a promise is awaited before the next.
 */
export class Callbacks {
  readonly #waiting = new Deque<Entry>();
  #running = false;
  #idle: (() => void)[] = [];

  /** Calls `callback(value)`, then `after`, which turns the result ready. */
  run(callback: (value: unknown) => unknown, value: unknown, after: () => void): void {
    this.#waiting.push({ callback, value, after });
    if (!this.#running) this.#runAll();
  }

  /** Resolves when none runs or waits. */
  async idle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** A loop, not a recursion: behind a slow one a hundred thousand may wait. */
  #runAll(): void {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (!this.#call(next)) return;
    }
    this.#running = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** False if the callback is not done: then it goes on by itself. */
  #call({ callback, value, after }: Entry): boolean {
    try {
      const pending = callback(value);
      if (isThenable(pending)) {
        pending.then(undefined, uncaught).then(() => {
          after();
          this.#runAll();
        }, uncaught);
        return false;
      }
    } catch (error) {
      uncaught(error);
    }
    after();
    return true;
  }
}
