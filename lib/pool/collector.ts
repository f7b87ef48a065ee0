import type { Engine } from '../engine/engine';
import type { Failure } from '../engine/failure';
import type { Source, Task } from '../engine/task';
import { errorOf } from './errors';

/**
 * Gathers the whole of an async input for a map. While it does, the map counts
 * as pending: `join` waits for it, `terminate` ends it.
 */
export class Collector implements Source {
  readonly order: number;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #fail: (error: unknown) => void;
  #over = false;

  constructor(
    input: AsyncIterable<unknown>,
    order: number,
    engine: Engine,
    start: (items: unknown[], order: number) => void,
    fail: (error: unknown) => void,
  ) {
    this.order = order;
    this.#fail = fail;
    this.#iterator = input[Symbol.asyncIterator]();
    void this.#gather(engine, start);
  }

  async #gather(engine: Engine, start: (items: unknown[], order: number) => void): Promise<void> {
    const items: unknown[] = [];
    try {
      for (;;) {
        const next = await this.#iterator.next();
        if (this.#over) return;
        if (next.done === true) break;
        items.push(next.value);
      }
      // First the tasks, then the end of the source: in between there is never nothing to do.
      start(items, this.order);
    } catch (error) {
      if (this.#over) return;
      this.#fail(error);
    }
    this.#over = true;
    engine.wakeSource(this);
  }

  pull(): Task | 'wait' | 'done' {
    return this.#over ? 'done' : 'wait';
  }

  stop(failure: Failure): void {
    if (this.#over) return;
    this.#over = true;
    this.#fail(errorOf(failure));
    const closed: unknown = this.#iterator.return?.();
    if (closed instanceof Promise) closed.catch(() => undefined);
  }
}
