import { AttributeError, ValueError } from '../../errors';
import { BrokenBarrierError } from '../../synchronize/errors';
import { addressOf } from '../../util/address';
import { repr, type_name } from '../../util/repr';
import { currentCaller, type Caller } from '../caller';
import { LATE, Line } from './line';
import { integerOf, secondsOf } from './patience';

const broken = (): BrokenBarrierError => new BrokenBarrierError();

/** Python's `threading.Barrier`. If somebody's connection ends who waits, the barrier breaks. */
export class Barrier {
  static readonly parameters = { __init__: ['parties', 'action', 'timeout'], wait: ['timeout'] };

  readonly #parties: number;
  readonly #action: (() => unknown) | null;
  readonly #timeout: number | null;
  #isBroken = false;
  /** The action, while it runs. Nobody comes in meanwhile. */
  #acting: Promise<void> | null = null;
  readonly #line = new Line();

  /** @throws ValueError for fewer than one party: newer Pythons do so, older ones wait for ever. */
  constructor(parties: unknown, action: unknown = null, timeout: unknown = null) {
    if (parties === undefined) {
      throw new TypeError("Barrier.__init__() missing 1 required positional argument: 'parties'");
    }
    this.#parties = integerOf(parties);
    if (this.#parties < 1) throw new ValueError('parties must be > 0');
    if (action !== null && typeof action !== 'function') {
      throw new TypeError(`'${type_name(action)}' object is not callable`);
    }
    this.#action = action as (() => unknown) | null;
    this.#timeout = secondsOf(timeout);
  }

  get parties(): number {
    return this.#parties;
  }
  get n_waiting(): number {
    return this.#acting === null ? this.#line.length : 0;
  }
  get broken(): boolean {
    return this.#isBroken;
  }

  /** Python's `wait(timeout=None)`: how many came before. */
  async wait(timeout: unknown = null): Promise<number> {
    const caller = currentCaller();
    const seconds = secondsOf(timeout) ?? this.#timeout;
    while (this.#acting !== null) await this.#acting;
    if (this.#isBroken) throw broken();
    const index = this.#line.length;
    if (index + 1 === this.#parties) {
      await this.#pass();
      return index;
    }
    const told = await this.#line.wait(caller, seconds);
    if (told !== LATE) return index;
    this.#break();
    throw broken();
  }

  async #pass(): Promise<void> {
    if (this.#action !== null) {
      const { promise, done } = gate();
      this.#acting = promise;
      try {
        await this.#action();
      } catch (error) {
        this.#break();
        throw error;
      } finally {
        this.#acting = null;
        done();
      }
      if (this.#isBroken) throw broken();
    }
    this.#line.tellAll();
  }

  #break(): void {
    this.#isBroken = true;
    this.#line.failAll(broken);
  }

  async reset(): Promise<void> {
    while (this.#acting !== null) await this.#acting;
    this.#isBroken = false;
    this.#line.failAll(broken);
  }

  async abort(): Promise<void> {
    while (this.#acting !== null) await this.#acting;
    this.#break();
  }

  /** How Python's proxies read properties. */
  __getattribute__(name: unknown): unknown {
    if (name === 'parties' || name === 'n_waiting' || name === 'broken') return this[name];
    if (typeof name === 'string') {
      throw new AttributeError(`'Barrier' object has no attribute ${repr(name)}`);
    }
    throw new TypeError(`attribute name must be string, not '${type_name(name)}'`);
  }

  callerEnded(caller: Caller): void {
    if (this.#line.callerEnded(caller)) this.#break();
  }

  __repr__(): string {
    const state = this.#isBroken ? 'broken' : `waiters=${this.n_waiting}/${this.#parties}`;
    return `<threading.Barrier at ${addressOf(this)}: ${state}>`;
  }
  toString(): string {
    return this.__repr__();
  }
}

function gate(): { readonly promise: Promise<void>; readonly done: () => void } {
  let done = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}
