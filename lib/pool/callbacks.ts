/**
 * Runs the callbacks of one pool: one at a time, in the order in which the
 * results came. One that returns a promise is awaited before the next.
 */
export class Callbacks {
  readonly #waiting: {
    readonly callback: (value: unknown) => unknown;
    readonly value: unknown;
    readonly after: () => void;
  }[] = [];
  #running = false;
  #idle: (() => void)[] = [];

  /** Calls `callback(value)`, then `after`, which turns the result ready. */
  run(callback: (value: unknown) => unknown, value: unknown, after: () => void): void {
    if (this.#running) this.#waiting.push({ callback, value, after });
    else this.#start(callback, value, after);
  }

  /** Resolves when none runs or waits. */
  async idle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #start(callback: (value: unknown) => unknown, value: unknown, after: () => void): void {
    this.#running = true;
    try {
      const pending = callback(value);
      if (isThenable(pending)) {
        pending.then(undefined, uncaught).then(() => {
          after();
          this.#next();
        }, uncaught);
        return;
      }
    } catch (error) {
      uncaught(error);
    }
    after();
    this.#next();
  }

  #next(): void {
    this.#running = false;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#start(next.callback, next.value, next.after);
      return;
    }
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}

/** Reported where every error nobody handles is reported, from a stack of its own: nothing of ours is harmed. */
function uncaught(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
