import type { Engine } from '../engine/engine';
import type { Failure } from '../engine/failure';
import type { Source, Task } from '../engine/task';
import { onAbort } from './calls';
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
  #unlisten: (() => void) | null = null;

  constructor(
    input: AsyncIterable<unknown>,
    order: number,
    engine: Engine,
    signal: AbortSignal | null,
    start: (items: unknown[], order: number) => void,
    fail: (error: unknown) => void,
  ) {
    this.order = order;
    this.#fail = fail;
    this.#iterator = input[Symbol.asyncIterator]();
    if (signal !== null) {
      this.#unlisten = onAbort(signal, (reason) => {
        this.#cut(reason);
        engine.wakeSource(this);
      });
    }
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
      this.#unlisten?.();
      // First the tasks, then the end of the source: in between there is never nothing to do.
      start(items, this.order);
    } catch (error) {
      if (this.#over) return;
      this.#unlisten?.();
      this.#fail(error);
    }
    this.#over = true;
    engine.wakeSource(this);
  }

  pull(): Task | 'wait' | 'done' {
    return this.#over ? 'done' : 'wait';
  }

  stop(failure: Failure): void {
    this.#cut(errorOf(failure));
  }

  #cut(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#unlisten?.();
    this.#fail(error);
    try {
      const closed: unknown = this.#iterator.return?.();
      if (closed instanceof Promise) closed.catch(() => undefined);
    } catch {
      // As with a `for` loop that is left by an exception, the first reason counts.
    }
  }
}
