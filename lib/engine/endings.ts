import { Allowance } from '../util/allowance';
import type { Ending } from '../util/uninterrupted';

/** How long the end of this process waits at most for what must not be interrupted, in milliseconds. */
const PATIENCE = 1000;

/** The live threads of this one: when it ends node ends them, wherever they are. */
class Endings {
  /** Each with where the system tells of its thread. */
  readonly #all = new Map<Ending, () => string | null>();
  #listening = false;

  add(ending: Ending, place: () => string | null): void {
    this.#all.set(ending, place);
    if (this.#listening) return;
    this.#listening = true;
    process.on('exit', () => {
      for (const [each, place] of this.#all) each.beginSync(new Allowance(PATIENCE, place()));
    });
  }

  delete(ending: Ending): void {
    this.#all.delete(ending);
  }
}

export const endings = new Endings();
