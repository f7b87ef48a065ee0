import { blockingDepth, isDeep } from '../engine/blocking';
import { isInterrupt } from '../engine/interrupts';
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
  readonly #awaits: boolean;
  #running = false;
  /** The running one has returned a promise. */
  #awaiting = false;
  /** How deep in calls that block the running one was called. */
  #depth = 0;
  #idle: (() => void)[] = [];

  /** @param awaits - one that returns a promise is awaited before the next; else it must not. */
  constructor(awaits: boolean) {
    this.#awaits = awaits;
  }

  /** Calls `callback(value)`, then `after`, which turns the result ready. */
  run(callback: (value: unknown) => unknown, value: unknown, after: () => void): void {
    this.#waiting.push({ callback, value, after });
    // One that blocks, perhaps for this very result, does not hold others up.
    if (!this.#running || (!this.#awaiting && blockingDepth() > this.#depth && !isDeep())) this.#runAll();
  }

  /** Is one being called right now, by whoever asks? Not one that is awaited. */
  get calling(): boolean {
    return this.#running && !this.#awaiting;
  }

  /** Does none run, and none wait? */
  get isIdle(): boolean {
    return !this.#running;
  }

  /** Resolves when none runs or waits. */
  async idle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** A loop, not a recursion: behind a slow one a hundred thousand may wait. */
  #runAll(): void {
    const [outer, depth] = [this.#running, this.#depth];
    this.#running = true;
    this.#depth = blockingDepth();
    while (!this.#awaiting) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#call(next);
    }
    // Else it goes on by itself.
    if (this.#awaiting) return;
    this.#running = outer;
    this.#depth = depth;
    if (outer) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #call({ callback, value, after }: Entry): void {
    try {
      const pending = callback(value);
      if (isThenable(pending)) {
        if (this.#awaits) {
          this.#await(pending, after);
          return;
        }
        pending.then(undefined, uncaught);
        throw new TypeError(
          'a callback of a pool that blocks cannot be awaited: it must not return a promise',
        );
      }
    } catch (error) {
      if (!isInterrupt(error)) uncaught(error);
    }
    after();
  }

  #await(pending: PromiseLike<unknown>, after: () => void): void {
    this.#awaiting = true;
    pending.then(undefined, uncaught).then(() => {
      after();
      this.#awaiting = false;
      this.#running = false;
      this.#runAll();
    }, uncaught);
  }
}
