import { clearInterval, now, setInterval } from '../util/timers';
import { Alarm, soon } from './turns';

/**
 * What moves the engine: who calls it again later, and what keeps the process
 * alive while somebody waits.
 */
export interface Driver {
  now(): number;
  /** Runs `step` soon: after the caller's own work, before the process waits for anything. */
  soon(step: () => void): void;
  /** Runs `step` at this time of `now()`, unless a later call asks for a sooner time. */
  wake(at: number, step: () => void): void;
  /** Keeps the process alive, or lets it end when nothing else does. */
  hold(on: boolean): void;
  /** Nothing will be asked of it any more. */
  close(): void;
}

/** The longest delay a timer of node takes. */
const LONGEST = 2 ** 31 - 1;

/** Moves it from the event loop, and from calls that block the thread, whichever is first. */
export class ThreadDriver implements Driver {
  #step: (() => void) | null = null;
  readonly #alarm = new Alarm(() => this.#step?.());
  /** A timer that never does anything: held, it keeps the process alive. One object costs less than many refs. */
  readonly #keeper = setInterval(() => undefined, LONGEST).unref();

  now(): number {
    return now();
  }

  soon(step: () => void): void {
    soon(step);
  }

  wake(at: number, step: () => void): void {
    if (at >= this.#alarm.at) return;
    this.#step = step;
    this.#alarm.set(at - now());
  }

  hold(on: boolean): void {
    if (on) this.#keeper.ref();
    else this.#keeper.unref();
  }

  close(): void {
    clearInterval(this.#keeper);
    this.#alarm.cancel();
  }
}
