import { addressOf } from '../../util/address';
import { currentCaller, type Caller } from '../caller';
import { LATE, Line } from './line';
import { secondsOf } from './patience';

/** Python's `threading.Event`. */
export class Event {
  static readonly parameters = { wait: ['timeout'] };

  #isSet = false;
  readonly #line = new Line();

  is_set(): boolean {
    return this.#isSet;
  }

  /** Whoever waits goes on, also if it is cleared at once. */
  set(): void {
    this.#isSet = true;
    this.#line.tellAll();
  }

  clear(): void {
    this.#isSet = false;
  }

  /** Python's `wait(timeout=None)`: false after that time. */
  async wait(timeout: unknown = null): Promise<boolean> {
    const caller = currentCaller();
    if (this.#isSet) return true;
    return (await this.#line.wait(caller, secondsOf(timeout))) !== LATE;
  }

  callerEnded(caller: Caller): void {
    this.#line.callerEnded(caller);
  }

  __repr__(): string {
    return `<threading.Event at ${addressOf(this)}: ${this.#isSet ? 'set' : 'unset'}>`;
  }
  toString(): string {
    return this.__repr__();
  }
}
