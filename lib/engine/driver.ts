import {
  clearInterval,
  clearTimeout,
  now,
  queueMicrotask,
  setImmediate,
  setInterval,
  setTimeout,
} from '../util/timers';

/**
 * What moves the engine: who calls it again later, and what keeps the process
 * alive while somebody waits. The event loop is one; a caller that blocks its
 * thread is another.
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

export class EventLoopDriver implements Driver {
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Infinity;
  /** A timer that never does anything: held, it keeps the process alive. One object costs less than many refs. */
  readonly #keeper = setInterval(() => undefined, LONGEST).unref();

  now(): number {
    return now();
  }

  soon(step: () => void): void {
    queueMicrotask(step);
  }

  wake(at: number, step: () => void): void {
    if (at >= this.#wakesAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAt = at;
    // Rounded up: a timer that fires a moment early would have to be set again.
    const delay = Math.min(LONGEST, Math.max(0, Math.ceil(at - this.now())));
    this.#timer = setTimeout(() => {
      this.#wakesAt = Infinity;
      this.#timer = null;
      // Results that came while this process was busy are read first: timers run before input does.
      setImmediate(step);
    }, delay).unref();
  }

  hold(on: boolean): void {
    if (on) this.#keeper.ref();
    else this.#keeper.unref();
  }

  close(): void {
    clearInterval(this.#keeper);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
