import { repr } from '../util/repr';
import { isThenable } from '../util/thenable';
import { setImmediate } from '../util/timers';
import type { Greenlet } from './greenlet';
import { report } from './report';
import { MAIN } from './strand';

export interface Link {
  /** What `remove` knows it by. */
  readonly callback: (greenlet: Greenlet) => unknown;
  readonly wanted: (greenlet: Greenlet) => boolean;
}

/** The callbacks of one greenlet: each is called once, in order, in one turn of the event loop. */
export class Links {
  readonly #greenlet: Greenlet;
  readonly #links: Link[] = [];
  #scheduled = false;

  constructor(greenlet: Greenlet) {
    this.#greenlet = greenlet;
  }

  get length(): number {
    return this.#links.length;
  }

  /** @throws TypeError for what cannot be called. */
  add(callback: (greenlet: Greenlet) => unknown, wanted: (greenlet: Greenlet) => boolean): void {
    if (typeof (callback as unknown) !== 'function') {
      throw new TypeError(`Expected callable: ${repr(callback)}`);
    }
    this.#links.push({ callback, wanted });
  }

  remove(callback: (greenlet: Greenlet) => unknown): void {
    const at = this.#links.findIndex((link) => link.callback === callback);
    if (at >= 0) this.#links.splice(at, 1);
  }

  /** In the next turn: a callback may remove later ones before they are reached, and add others. */
  notify(): void {
    if (this.#scheduled || this.#links.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      MAIN.run(() => {
        for (let next = this.#links.shift(); next !== undefined; next = this.#links.shift()) this.#call(next);
      });
    });
  }

  /** One that throws, or rejects, is reported and harms nothing. */
  #call({ callback, wanted }: Link): void {
    if (!wanted(this.#greenlet)) return;
    const failed = (error: unknown): void => {
      report(() => `(${repr(callback)}, ${String(this.#greenlet)})`, error);
    };
    try {
      const result = callback(this.#greenlet);
      if (isThenable(result)) Promise.resolve(result).then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}
