import type { Ending } from '../util/uninterrupted';

/** How long the end of this process waits at most for what must not be interrupted, in milliseconds. */
const PATIENCE = 500;

/** The live threads of this one: when it ends node ends them, wherever they are. */
class Endings {
  readonly #all = new Set<Ending>();
  #listening = false;

  add(ending: Ending): void {
    this.#all.add(ending);
    if (this.#listening) return;
    this.#listening = true;
    process.on('exit', () => {
      for (const each of this.#all) each.beginSync(PATIENCE);
    });
  }

  delete(ending: Ending): void {
    this.#all.delete(ending);
  }
}

export const endings = new Endings();
