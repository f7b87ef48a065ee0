import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
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

  /** Begins, again if it has begun. @param place - see {@link Allowance}. */
  set(milliseconds: number, place: string | null): void {
    this.#step = milliseconds / STEPS;
    this.#allowance = new Allowance(milliseconds, place);
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

/**
 * Where the system tells of a process that does something of its own when SIGTERM tells it to end. `null` of all
 * others: nothing is lost when they are killed instead.
 */
export function placeOfCatcher(pid: number): string | null {
  try {
    // A bit for each signal that is caught, in hex: see proc(5).
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
    return (BigInt(`0x${caught}`) >> BigInt(constants.signals.SIGTERM - 1)) & 1n ? `/proc/${pid}` : null;
  } catch {
    return null;
  }
}
