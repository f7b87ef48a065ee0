import { StopIteration } from '../../errors';

/** What Python's iterators are in a server: one value at a time, then StopIteration. */
export class Iterator {
  readonly #values: globalThis.Iterator<unknown> | AsyncIterator<unknown>;

  constructor(values: globalThis.Iterator<unknown> | AsyncIterator<unknown>) {
    this.#values = values;
  }

  /** @throws StopIteration when there are no more. */
  async __next__(): Promise<unknown> {
    return this.#valueOf(await this.#values.next());
  }

  async send(value: unknown): Promise<unknown> {
    return this.#valueOf(await this.#values.next(value));
  }

  async throw(error: unknown): Promise<unknown> {
    if (this.#values.throw === undefined) throw error;
    return this.#valueOf(await this.#values.throw(error));
  }

  async close(): Promise<void> {
    await this.#values.return?.();
  }

  #valueOf({ done, value }: IteratorResult<unknown>): unknown {
    if (done === true) throw new StopIteration(value ?? null);
    return value;
  }

  /** Nobody asks for more. */
  async disposed(): Promise<void> {
    await this.close();
  }
}
