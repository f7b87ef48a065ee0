import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { timeoutOf, type WaitKeywords } from './acquiring';
import { ownBlock } from './own_block';

/**
 * Is it set (the lowest bit), and how often was it (all others)? In one word: were they two, who waits would see half of
 * a set, clear it, and find the other half later.
 */
const STATE = 0;
const FLAG = 1;
const ONCE = 2;

/**
 * A flag that processes and threads can wait for.
 *
 * Python's `multiprocessing.Event`; whoever waits while it is set hears of it, even if it is cleared at once
 * (as of `threading.Event`; some who wait for Python's do not).
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const event = new Event();
 * setTimeout(() => event.set(), 100);
 * console.log(await event.wait(5)); // true
 */
export class Event {
  static readonly [REDUCE] = {
    reduce: (event: Event): SharedBlock => event.#block.share(),
    rebuild: (shared: SharedBlock): Event => new (Event as new (block: Block) => Event)(Block.at(shared)),
  };

  readonly #block: Block;

  constructor();
  constructor(...args: unknown[]) {
    this.#block = ownBlock('Event', args);
  }

  is_set(): boolean {
    return (Atomics.load(this.#block.words, STATE) & FLAG) !== 0;
  }

  /** Sets it: whoever waits goes on. */
  set(): void {
    const { words } = this.#block;
    for (;;) {
      const state = Atomics.load(words, STATE);
      if (Atomics.compareExchange(words, STATE, state, (state + ONCE) | FLAG | 0) === state) break;
    }
    this.#block.notify();
  }

  clear(): void {
    Atomics.and(this.#block.words, STATE, ~FLAG);
  }

  /**
   * Resolves to true when it is set, to false if it is not in time.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   * @throws TypeError for a timeout that is no number.
   */
  wait(timeout?: number | null | WaitKeywords): Promise<boolean>;
  async wait(...args: unknown[]): Promise<boolean> {
    const seconds = timeoutOf(args);
    return this.is_set() || (await this.#block.wait(this.#attempts(), seconds));
  }

  /** As {@link Event.wait}, but blocks the thread. */
  waitSync(timeout?: number | null | WaitKeywords): boolean;
  waitSync(...args: unknown[]): boolean {
    const seconds = timeoutOf(args);
    return this.is_set() || this.#block.waitSync(this.#attempts(), seconds);
  }

  #attempts(): () => boolean {
    const { words } = this.#block;
    const before = Atomics.load(words, STATE) | FLAG;
    // It is set, or was since.
    return () => this.is_set() || (Atomics.load(words, STATE) | FLAG) !== before;
  }

  /** `<Event at 0x7f0000000040 unset>` */
  toString(): string {
    return `<Event at ${addressOf(this)} ${this.is_set() ? 'set' : 'unset'}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }
}
