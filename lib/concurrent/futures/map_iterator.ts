import { TimeoutError } from '../../util/os_errors';
import { Deque } from '../../util/deque';
import { now } from '../../util/timers';
import type { Future } from './future';
import { isAsync, type ArgumentLists } from './zipped';

/** How a map submits its work. */
export interface Steps {
  /** Argument lists that go together; the future of more than one gives a list of results. */
  readonly chunksize: number;
  submit(lists: readonly unknown[][]): Future<unknown>;
}

export interface MapLimits {
  /** Seconds from now. */
  readonly timeout: number | null;
  /** Steps submitted and not yet read. */
  readonly buffersize: number | null;
}

/**
 * The results of {@link Executor.map}, in the order of the inputs.
 *
 * As Python's generator, with promises: the first error ends it and cancels what has not started. Leaving a
 * `for await` loop early does the same.
 *
 * @example
 * for await (const square of executor.map((x: number) => x * x, [1, 2, 3])) console.log(square);
 */
export class MapIterator<R> implements AsyncIterableIterator<R, undefined> {
  readonly #steps: Steps;
  readonly #buffersize: number;
  readonly #deadline: number | null;
  readonly #futures = new Deque<Future<unknown>>();
  #input: ArgumentLists | null;
  /** The results of the chunk that is being read. */
  #chunk: readonly unknown[] = [];
  #at = 0;
  /** Results were read since something was submitted. */
  #room = 0;
  #gathering = false;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  /** Who waits for the gathering of an asynchronous input to go on, and the gathering that waits for room. */
  #wakeReader: (() => void) | null = null;
  #wakeGatherer: (() => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Made by the executors: submits the first steps, all of them if there is no `buffersize`. */
  constructor(steps: Steps, input: ArgumentLists, { timeout, buffersize }: MapLimits) {
    this.#steps = steps;
    this.#input = input;
    this.#buffersize = buffersize ?? Infinity;
    this.#deadline = timeout === null ? null : now() + timeout * 1000;
    if (isAsync(input)) void this.#gather(input);
    else while (this.#futures.length < this.#buffersize && this.#submitFrom(input));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next result.
   *
   * @throws TimeoutError when the map's timeout is over and the result is not there.
   * @throws whatever the function threw; then the iterator has ended.
   */
  next(): Promise<IteratorResult<R, undefined>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Ends it: what has not started is cancelled. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #next(): Promise<IteratorResult<R, undefined>> {
    for (;;) {
      if (this.#at < this.#chunk.length) return { done: false, value: this.#chunk[this.#at++] as R };
      if (this.#ended) return { done: true, value: undefined };
      this.#refill();
      // It counts as unread until its result is handed out.
      const future = this.#futures.first;
      if (future === undefined) {
        if (this.#gathering) await this.#arrival();
        else this.#finish();
        continue;
      }
      let value: unknown;
      try {
        value = await future.result(this.#left());
      } catch (error) {
        if (this.#isOver()) continue;
        this.#end();
        throw error;
      }
      if (this.#isOver()) continue;
      this.#futures.shift();
      this.#room++;
      this.#wakeGatherer?.();
      if (this.#steps.chunksize === 1) return { done: false, value: value as R };
      this.#chunk = value as unknown[];
      this.#at = 0;
    }
  }

  /** Not written as the field: it may have been set while we waited. */
  #isOver(): boolean {
    return this.#ended;
  }

  /** Seconds until the map's timeout. */
  #left(): number | null {
    return this.#deadline === null ? null : (this.#deadline - now()) / 1000;
  }

  #finish(): void {
    const failure = this.#failure;
    this.#end();
    if (failure !== null) throw failure.error;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const future of this.#futures) future.cancel();
    this.#futures.clear();
    this.#chunk = [];
    const input = this.#input;
    this.#input = null;
    this.#wakeGatherer?.();
    this.#wakeReader?.();
    try {
      const closed: unknown = input?.return?.();
      if (closed instanceof Promise) closed.catch(() => undefined);
    } catch {
      // As with a `for` loop that is left by an exception, the first reason counts.
    }
  }

  // -------------------------------------------------------------- input

  /** Takes one step from the input and submits it; false at its end. */
  #submitFrom(input: Iterator<unknown[]>): boolean {
    const lists: unknown[][] = [];
    while (lists.length < this.#steps.chunksize) {
      const next = input.next();
      if (next.done === true) {
        this.#input = null;
        break;
      }
      lists.push(next.value);
    }
    if (lists.length > 0) this.#futures.push(this.#steps.submit(lists));
    return this.#input !== null;
  }

  /** What was read makes room for as much. */
  #refill(): void {
    const input = this.#input;
    if (input === null || isAsync(input)) return;
    try {
      for (; this.#room > 0 && this.#input !== null; this.#room--) this.#submitFrom(input);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** An asynchronous input is taken as it comes, up to the bound. */
  async #gather(input: AsyncIterator<unknown[]>): Promise<void> {
    this.#gathering = true;
    try {
      let lists: unknown[][] = [];
      while (!this.#ended) {
        if (this.#futures.length >= this.#buffersize) {
          await new Promise<void>((resolve) => (this.#wakeGatherer = resolve));
          this.#wakeGatherer = null;
          continue;
        }
        const next = await input.next();
        if (this.#isOver()) break;
        if (next.done !== true) lists.push(next.value);
        if (lists.length === this.#steps.chunksize || (next.done === true && lists.length > 0)) {
          this.#futures.push(this.#steps.submit(lists));
          lists = [];
          this.#wakeReader?.();
        }
        if (next.done === true) break;
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#gathering = false;
    this.#input = null;
    this.#wakeReader?.();
  }

  /** The next step of an asynchronous input, or its end. */
  async #arrival(): Promise<void> {
    const left = this.#left();
    let timer: NodeJS.Timeout | undefined;
    const late = await new Promise<boolean>((resolve) => {
      this.#wakeReader = () => {
        resolve(false);
      };
      if (left !== null) timer = setTimeout(resolve, Math.min(2 ** 31 - 1, Math.max(0, left * 1000)), true);
    });
    clearTimeout(timer);
    this.#wakeReader = null;
    if (!late) return;
    this.#end();
    throw new TimeoutError();
  }
}
