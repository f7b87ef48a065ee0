import { Deque } from '../util/deque';
import { blockingDepth, blockingLevel, isDeep } from './blocking';

/** What differs between the rooms that have callbacks. */
export interface CallbackRules<E> {
  /** Calls one, and does what comes after it. A promise, which never rejects, holds up those behind it. */
  readonly call: (entry: E) => Promise<void> | null;
  /** Is one that comes in the middle of another called there and then? Else it comes after it. */
  readonly nests: boolean;
}

/**
 * Runs callbacks of the user one at a time, in the order in which they come: at once, unless one before has returned a
 * promise that is not settled. One that blocks, perhaps for what comes after it, does not hold others up: they are
 * called while it waits. One that only sleeps does.
 */
export class CallbackQueue<E extends object> {
  readonly #rules: CallbackRules<E>;
  readonly #waiting = new Deque<E>();
  /** What is being called right now. */
  #current: E | null = null;
  /** How deep in calls that block, and in those that wait for something, it is called. */
  #level = 0;
  #depth = 0;
  /** How many promises are not settled. More than one if callbacks came in the middle of others. */
  #unsettled = 0;
  #idle: (() => void)[] = [];

  constructor(rules: CallbackRules<E>) {
    this.#rules = rules;
  }

  /** What is being called right now; `null`: nothing, though a promise may be unsettled. */
  get current(): E | null {
    return this.#current;
  }

  /** Does none run, and none wait? */
  get isIdle(): boolean {
    return this.#current === null && this.#unsettled === 0 && this.#waiting.length === 0;
  }

  /** Resolves when none runs or waits. A callback that waits for this waits for itself. */
  async idle(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  run(entry: E): void {
    this.#waiting.push(entry);
    if (this.#mayCall()) this.#callAll();
  }

  /** Calls it before those that wait, in the middle of another. */
  runWithin(entry: E): void {
    if (this.#unsettled > 0) this.#waiting.push(entry);
    else this.#call(entry);
  }

  #mayCall(): boolean {
    if (this.#current === null) return true;
    if (isDeep()) return false;
    // While it waits for something; else it may be in the middle of its work, but not asleep.
    if (blockingDepth() > this.#depth) return true;
    return this.#rules.nests && this.#waiting.length === 1 && blockingLevel() === this.#level;
  }

  /** A loop, not a recursion: behind a slow one a hundred thousand may wait. */
  #callAll(): void {
    while (this.#unsettled === 0) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#call(next);
    }
    if (!this.isIdle) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #call(entry: E): void {
    const outer = [this.#current, this.#level, this.#depth] as const;
    [this.#current, this.#level, this.#depth] = [entry, blockingLevel(), blockingDepth()];
    const pending = this.#rules.call(entry);
    [this.#current, this.#level, this.#depth] = outer;
    if (pending === null) return;
    this.#unsettled++;
    void pending.then(() => {
      this.#unsettled--;
      this.#callAll();
    });
  }
}
