import { type_name } from '../util/repr';

interface Input {
  readonly iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly asynchronous: boolean;
}

/** Iterables of both kinds, read side by side: the first items, the second items … until the shortest ends. */
export class Inputs {
  readonly #open: Set<Input>;

  /** @throws TypeError for what is not iterable. */
  constructor(iterables: readonly unknown[]) {
    this.#open = new Set(iterables.map(open));
  }

  /** The next item of each; `null` at the end. */
  async next(): Promise<unknown[] | null> {
    const items: unknown[] = [];
    for (const input of this.#open) {
      const next = input.iterator.next();
      // An item of a synchronous one may be a promise, and stays one.
      const result = (input.asynchronous ? await next : next) as IteratorResult<unknown>;
      if (result.done === true) {
        this.#open.delete(input);
        return null;
      }
      items.push(result.value);
    }
    return items.length === 0 ? null : items;
  }

  /** Nobody will read any more: those that have not ended are told. */
  close(): void {
    for (const { iterator } of this.#open) {
      try {
        const closed: unknown = iterator.return?.();
        if (closed instanceof Promise) closed.catch(() => undefined);
      } catch {
        // As with a `for` loop that is left by an exception, the first reason counts.
      }
    }
    this.#open.clear();
  }
}

function open(iterable: unknown): Input {
  const object = Object(iterable) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  if (iterable !== null && iterable !== undefined) {
    if (typeof object[Symbol.asyncIterator] === 'function') {
      return { iterator: (object as AsyncIterable<unknown>)[Symbol.asyncIterator](), asynchronous: true };
    }
    if (typeof object[Symbol.iterator] === 'function') {
      return { iterator: (object as Iterable<unknown>)[Symbol.iterator](), asynchronous: false };
    }
  }
  throw new TypeError(`'${type_name(iterable)}' object is not iterable`);
}
