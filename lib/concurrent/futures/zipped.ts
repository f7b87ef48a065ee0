import { isAsyncIterable } from '../../pool/arguments';

/** The argument lists of a map: the first items of all inputs, the second items … to the end of the shortest. */
export type ArgumentLists = ZippedLists | AsyncZippedLists;

/**
 * Takes hold of the inputs.
 *
 * @throws what an input throws that is asked for its iterator.
 */
export function zipped(iterables: readonly unknown[]): ArgumentLists {
  if (!iterables.some(isAsyncIterable)) {
    return new ZippedLists(opened(iterables, (each) => (each as Iterable<unknown>)[Symbol.iterator]()));
  }
  return new AsyncZippedLists(
    opened(iterables, (each) =>
      isAsyncIterable(each) ? each[Symbol.asyncIterator]() : (each as Iterable<unknown>)[Symbol.iterator](),
    ),
  );
}

/** Closes what can be closed; whatever that throws, there is a better reason for the end. */
export function close(inputs: Iterable<AnyIterator>): void {
  for (const input of inputs) {
    try {
      const closed: unknown = input.return?.();
      if (closed instanceof Promise) closed.catch(() => undefined);
    } catch {
      // As with a `for` loop that is left by an exception, the first reason counts.
    }
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

function opened<I extends AnyIterator>(iterables: readonly unknown[], open: (each: unknown) => I): I[] {
  const inputs: I[] = [];
  try {
    for (const each of iterables) inputs.push(open(each));
  } catch (error) {
    close(inputs);
    throw error;
  }
  return inputs;
}

/** Inputs that are taken by step. One that has ended by itself is not closed, the others are. */
export class ZippedLists {
  #inputs: readonly Iterator<unknown>[];

  constructor(inputs: readonly Iterator<unknown>[]) {
    this.#inputs = inputs;
  }

  /** The next list; `null` after the end. */
  next(): unknown[] | null {
    const inputs = this.#inputs;
    if (inputs.length === 0) return null;
    const list: unknown[] = [];
    let asked: Iterator<unknown> | undefined;
    try {
      for (asked of inputs) {
        const next = asked.next();
        if (next.done === true) break;
        list.push(next.value);
      }
    } finally {
      // Also when it throws.
      if (list.length < inputs.length && this.#inputs === inputs) {
        this.#inputs = [];
        close(inputs.filter((each) => each !== asked));
      }
    }
    return list.length < inputs.length ? null : list;
  }

  close(): void {
    const inputs = this.#inputs;
    this.#inputs = [];
    close(inputs);
  }
}

/** The same for inputs of which one at least is asynchronous. They are closed at once, also while one is waited for. */
export class AsyncZippedLists {
  #inputs: readonly AnyIterator[];

  constructor(inputs: readonly AnyIterator[]) {
    this.#inputs = inputs;
  }

  /** The next list; `null` after the end. */
  async next(): Promise<unknown[] | null> {
    const inputs = this.#inputs;
    const list: unknown[] = [];
    let asked: AnyIterator | undefined;
    try {
      for (asked of inputs) {
        const next = await asked.next();
        if (next.done === true || this.#inputs !== inputs) break;
        list.push(next.value);
      }
    } finally {
      if (list.length < inputs.length && this.#inputs === inputs) {
        this.#inputs = [];
        close(inputs.filter((each) => each !== asked));
      }
    }
    return inputs.length === 0 || list.length < inputs.length ? null : list;
  }

  close(): void {
    const inputs = this.#inputs;
    this.#inputs = [];
    close(inputs);
  }
}
