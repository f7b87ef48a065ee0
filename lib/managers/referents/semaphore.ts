import { ValueError } from '../../errors';
import { addressOf } from '../../util/address';
import { currentCaller, type Caller } from '../caller';
import { LATE, Line } from './line';
import { integerOf, numberOf, patienceOfSemaphore } from './patience';

/**
 * Python's `threading.Semaphore`. Its permits belong to nobody: who has taken one and ends does not give it back, since
 * others may be meant to.
 */
export class Semaphore {
  /** What these give and nobody has got comes back: see `undelivered`. */
  static readonly receipts: readonly string[] = ['acquire'];
  static readonly parameters: Readonly<Record<string, readonly string[]>> = {
    __init__: ['value'],
    acquire: ['blocking', 'timeout'],
    release: ['n'],
  };

  #value: number;
  readonly #line = new Line();

  constructor(value: unknown = 1) {
    this.#value = numberOf(value, '<');
    if (this.#value < 0) throw new ValueError('semaphore initial value must be >= 0');
  }

  protected get value(): number {
    return this.#value;
  }

  /** Python's `acquire(blocking=True, timeout=None)`. */
  async acquire(blocking: unknown = true, timeout: unknown = null): Promise<boolean> {
    const caller = currentCaller();
    const patience = patienceOfSemaphore(blocking, timeout);
    if (this.#value > 0) {
      this.#value--;
      return true;
    }
    return patience !== 0 && (await this.#line.wait(caller, patience)) !== LATE;
  }

  release(n: unknown = 1): void {
    const count = integerOf(n);
    if (count < 1) throw new ValueError('n must be one or more');
    this.give(count);
  }

  protected give(count: number): void {
    for (let i = 0; i < count; i++) {
      const next = this.#line.first();
      if (next === undefined) {
        this.#value += count - i;
        return;
      }
      next.resolve();
    }
  }

  callerEnded(caller: Caller): void {
    this.#line.callerEnded(caller);
  }

  /** Who acquired it never learned so. */
  undelivered(method: string, result: unknown): void {
    if (method === 'acquire' && result === true) this.give(1);
  }

  __repr__(): string {
    return `<threading.Semaphore at ${addressOf(this)}: value=${this.#value}>`;
  }
  toString(): string {
    return this.__repr__();
  }
}

/** Python's `threading.BoundedSemaphore`. */
export class BoundedSemaphore extends Semaphore {
  readonly #most: number;

  constructor(value: unknown = 1) {
    super(value);
    this.#most = this.value;
  }

  protected override give(count: number): void {
    if (this.value + count > this.#most) throw new ValueError('Semaphore released too many times');
    super.give(count);
  }

  override __repr__(): string {
    return `<threading.BoundedSemaphore at ${addressOf(this)}: value=${this.value}/${this.#most}>`;
  }
}
