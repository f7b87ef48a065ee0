import { Allowance } from '../util/allowance';
import { Alarm } from './turns';

/** In so many steps it is waited for. */
const STEPS = 10;

/** Something to be done if somebody else has not done its part in time: see {@link Allowance}. */
export class Grace {
  readonly #alarm: Alarm;
  readonly #end: () => void;
  #step = 0;
  #allowance: Allowance | null = null;

  /** @param holds - until then it keeps the process alive. */
  constructor(end: () => void, holds = false) {
    this.#end = end;
    this.#alarm = new Alarm(() => {
      this.#goOn();
    }, holds);
  }

  get isSet(): boolean {
    return this.#allowance !== null;
  }

  /** Begins, again if it has begun. For the others see {@link Allowance}. */
  set(milliseconds: number, place: string | null, isToEnd = false): void {
    this.#step = milliseconds / STEPS;
    this.#allowance = new Allowance(milliseconds, place, isToEnd);
    this.#alarm.set(this.#step);
  }

  cancel(): void {
    this.#allowance = null;
    this.#alarm.cancel();
  }

  #goOn(): void {
    if (this.#allowance?.spend(this.#step) === true) {
      this.#alarm.set(this.#step);
      return;
    }
    this.cancel();
    this.#end();
  }
}
