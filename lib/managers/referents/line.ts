import { EOFError } from '../../errors';
import { clearTimeout, now, setTimeout } from '../../util/timers';
import type { Caller } from '../caller';

/** What somebody is told who has waited for too long. */
export const LATE: unique symbol = Symbol('late');

/** What a timer can take at most, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Somebody's connection has ended while it waited. Nobody hears of it: the answer has nowhere to go. */
export class CallerEndedError extends EOFError {
  constructor() {
    super('the connection of the caller has ended');
  }
}

/** Somebody who waits, with what they have brought. */
export interface Place<T, Brought> {
  readonly caller: Caller | null;
  readonly brought: Brought;
  resolve(told: T): void;
  reject(error: Error): void;
}

/**
 * Those who wait for one thing, in the order in which they came. Whoever is told leaves the line at that moment, not
 * when its code goes on: so nothing is ever given to somebody who is late or gone.
 */
export class Line<T = void, Brought = void> {
  readonly #places = new Set<Place<T, Brought>>();

  get length(): number {
    return this.#places.size;
  }

  /**
   * Waits until somebody tells something.
   *
   * @param seconds - at most; `null` for ever.
   * @returns {@link LATE} after that time.
   * @throws CallerEndedError when the caller's connection ends.
   */
  wait(caller: Caller | null, seconds: number | null, brought: Brought): Promise<T | typeof LATE> {
    return new Promise<T | typeof LATE>((resolve, reject) => {
      let timer: NodeJS.Timeout | null = null;
      const leave = (): void => {
        this.#places.delete(place);
        if (timer !== null) clearTimeout(timer);
      };
      const place: Place<T, Brought> = {
        caller,
        brought,
        resolve: (told) => {
          leave();
          resolve(told);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      if (caller?.isEnded === true) {
        reject(new CallerEndedError());
        return;
      }
      this.#places.add(place);
      if (seconds === null) return;
      const end = now() + seconds * 1000;
      const look = (): void => {
        const left = end - now();
        if (left > 0) {
          timer = setTimeout(look, Math.min(Math.ceil(left), LONGEST));
          return;
        }
        leave();
        resolve(LATE);
      };
      look();
    });
  }

  /** Who has waited longest. */
  first(): Place<T, Brought> | undefined {
    const [place] = this.#places;
    return place;
  }

  /** Tells all who wait now. */
  tellAll(told: T): void {
    for (const place of [...this.#places]) place.resolve(told);
  }

  failAll(error: () => Error): void {
    for (const place of [...this.#places]) place.reject(error());
  }

  /** Those whose connection has ended leave. @returns whether somebody did. */
  callerEnded(caller: Caller): boolean {
    const gone = [...this.#places].filter((place) => place.caller === caller);
    for (const place of gone) place.reject(new CallerEndedError());
    return gone.length > 0;
  }
}
