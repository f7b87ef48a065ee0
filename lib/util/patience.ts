import { availableParallelism } from 'node:os';
import { now } from './timers';

/** How long a thread looks for an answer before it goes on with other things, in milliseconds: waking it takes longer. */
const LONGEST = 0.05;
/** Who has less patience than that has lost it. */
const SHORTEST = 0.005;
/** Who has lost it tries again at every so many waits. */
const AGAIN = 16;
/** The clock is asked at every so many looks. */
const LOOKS = 16;

/** With one processor nobody answers while we look. */
const isAlone = availableParallelism() < 2;

/**
 * Whether it pays to look for something for some microseconds, instead of being woken for it: it does with somebody
 * who answers at once. Learns from what it has seen.
 */
export class Patience {
  readonly #longest: number;
  #left: number;
  #waits = 0;

  /** @param longest - how long it looks at most, in milliseconds. */
  constructor(longest = LONGEST) {
    this.#longest = longest;
    this.#left = longest;
  }

  /** Looks until `isThere`, but not long. */
  look(isThere: () => boolean): boolean {
    if (isAlone) return false;
    const isTrial = this.#left < SHORTEST;
    if (isTrial && ++this.#waits % AGAIN !== 0) return false;
    const seen = lookFor(isTrial ? this.#longest : this.#left, isThere);
    this.#left = seen ? this.#longest : this.#left / 2;
    return seen;
  }
}

function lookFor(milliseconds: number, isThere: () => boolean): boolean {
  const end = now() + milliseconds;
  do {
    for (let i = 0; i < LOOKS; i++) if (isThere()) return true;
  } while (now() < end);
  return false;
}
