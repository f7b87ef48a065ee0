import { kindOf } from '../util/kind_of';

/** Items taken from an input; none means that it has ended, with an error or without. */
export interface Part {
  readonly items: readonly unknown[];
  readonly error?: { readonly error: unknown };
}

/**
 * Reads any iterable, synchronous or not, in parts. The asynchronous kind is
 * asked ahead, one item at a time; while an item is on its way, `read` says
 * `wait` and `arrived` is called later.
 */
export class ItemReader {
  readonly #arrived: () => void;
  #sync: Iterator<unknown> | null = null;
  #async: AsyncIterator<unknown> | null = null;
  #part: unknown[] = [];
  #asking = false;
  #end: Part | null = null;

  constructor(iterable: unknown, arrived: () => void) {
    this.#arrived = arrived;
    try {
      this.#open(iterable);
    } catch (error) {
      // As in Python, what is not iterable shows at the first next().
      this.#end = { items: [], error: { error } };
    }
  }

  #open(iterable: unknown): void {
    const object = Object(iterable) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
    if (iterable !== null && iterable !== undefined && typeof object[Symbol.asyncIterator] === 'function') {
      this.#async = (object as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    } else if (iterable !== null && iterable !== undefined && typeof object[Symbol.iterator] === 'function') {
      this.#sync = (object as Iterable<unknown>)[Symbol.iterator]();
    } else {
      throw new TypeError(`'${kindOf(iterable)}' object is not iterable`);
    }
  }

  /** Up to `most` items: all of them, fewer only at the end. */
  read(most: number): Part | 'wait' {
    if (this.#sync !== null) return this.#readSync(this.#sync, most);
    if (this.#part.length >= most) return { items: this.#part.splice(0, most) };
    if (this.#end !== null) {
      // Complete parts only, before an error: what was cut off by it is not run.
      const items = this.#end.error === undefined ? this.#part.splice(0, most) : [];
      return items.length > 0 ? { items } : this.#end;
    }
    if (this.#async !== null && !this.#asking) this.#ask(this.#async);
    return 'wait';
  }

  /** Nobody will read any more: the input is told. */
  close(): void {
    if (this.#end !== null) return;
    this.#end = { items: [] };
    this.#part = [];
    const input = this.#sync ?? this.#async;
    this.#sync = null;
    try {
      const closed: unknown = input?.return?.();
      if (closed instanceof Promise) closed.catch(() => undefined);
    } catch {
      // As with a `for` loop that is left by an exception, the first reason counts.
    }
  }

  #readSync(input: Iterator<unknown>, most: number): Part {
    const items: unknown[] = [];
    try {
      while (items.length < most) {
        const next = input.next();
        if (next.done === true) {
          this.#sync = null;
          this.#end = { items: [] };
          return { items };
        }
        items.push(next.value);
      }
      return { items };
    } catch (error) {
      this.#sync = null;
      this.#end = { items: [], error: { error } };
      return this.#end;
    }
  }

  #ask(input: AsyncIterator<unknown>): void {
    this.#asking = true;
    // A hand-written next() may throw instead of rejecting.
    const answer = new Promise<IteratorResult<unknown>>((resolve) => {
      resolve(input.next());
    });
    answer.then(
      (next) => {
        this.#asking = false;
        if (this.#end !== null) return;
        if (next.done === true) this.#end = { items: [] };
        else this.#part.push(next.value);
        this.#arrived();
      },
      (error: unknown) => {
        this.#asking = false;
        if (this.#end !== null) return;
        this.#end = { items: [], error: { error } };
        this.#arrived();
      },
    );
  }
}
