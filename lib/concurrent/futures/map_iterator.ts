import { onAbort } from '../../pool/calls';
import { after } from '../../util/after';
import { Deque } from '../../util/deque';
import { TimeoutError } from '../../util/os_errors';
import { now } from '../../util/timers';
import type { Future } from './future';
import { AsyncZippedLists, type ArgumentLists, type ZippedLists } from './zipped';

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
  /** What the steps are submitted with: they fail by it, this only stops waiting for input. */
  readonly signals: readonly AbortSignal[];
}

const nothing = (): void => undefined;

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
  readonly #signals: readonly AbortSignal[];
  /** What is submitted and not read. */
  readonly #futures = new Deque<Future<unknown>>();
  /** What is not submitted; `null` when that is nothing any more. */
  #input: ArgumentLists | null;
  /** The results of the chunk that is being read. */
  #chunk: unknown[] = [];
  #at = 0;
  /** What ended the input before its end. */
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  /** Ends the wait of a `next()` for a result; for input; and that of the gathering of an asynchronous input for room. */
  #leave: (() => void) | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeGatherer: (() => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Made by the executors: submits the first steps, all of them if there is no `buffersize`.
   *
   * @throws what the input throws meanwhile, or `submit`.
   */
  constructor(steps: Steps, input: ArgumentLists, { timeout, buffersize, signals }: MapLimits) {
    this.#steps = steps;
    this.#input = input;
    this.#buffersize = buffersize ?? Infinity;
    this.#deadline = timeout === null || timeout === Infinity ? null : now() + timeout * 1000;
    this.#signals = signals;
    if (input instanceof AsyncZippedLists) void this.#gather(input);
    else this.#fill();
    const failure = this.#failure;
    if (failure !== null) throw failure.error;
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
    // Not the result: that is the reader's alone.
    this.#last = next.then(nothing, nothing);
    return next;
  }

  /** Ends it: what has not started is cancelled, the inputs are closed, and a `next()` that waits is `done`. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends it, as `return` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #next(): Promise<IteratorResult<R, undefined>> {
    for (;;) {
      if (this.#at < this.#chunk.length) {
        const value = this.#chunk[this.#at] as R;
        this.#chunk[this.#at++] = undefined;
        return { done: false, value };
      }
      if (this.#ended) return { done: true, value: undefined };
      const future = this.#futures.first;
      if (future === undefined) {
        if (this.#input === null) this.#finish();
        else await this.#arrival();
        continue;
      }
      let value: unknown;
      try {
        value = await this.#resultOf(future);
      } catch (error) {
        if (this.#isOver()) continue;
        this.#end();
        throw error;
      }
      this.#leave = null;
      if (this.#isOver()) continue;
      this.#futures.shift();
      this.#fill();
      this.#wakeGatherer?.();
      if (this.#steps.chunksize === 1) return { done: false, value: value as R };
      this.#chunk = value as unknown[];
      this.#at = 0;
    }
  }

  /** What it returned; anything if this has ended meanwhile. */
  #resultOf(future: Future<unknown>): Promise<unknown> {
    const result = future.result(this.#left());
    if (future.done()) return result;
    return new Promise((resolve, reject) => {
      this.#leave = () => {
        resolve(undefined);
      };
      result.then(resolve, reject);
    });
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
    this.#closeInput();
    this.#wakeGatherer?.();
    this.#wakeReader?.();
    this.#leave?.();
  }

  // -------------------------------------------------------------- input

  /** Submits what there is room for. What goes wrong comes in its place, after the results that are on their way. */
  #fill(): void {
    const input = this.#input;
    if (input === null || input instanceof AsyncZippedLists) return;
    try {
      while (this.#futures.length < this.#buffersize && this.#submitFrom(input));
    } catch (error) {
      this.#failure = { error };
      this.#closeInput();
    }
  }

  /** Takes one step from the input and submits it; false at its end. */
  #submitFrom(input: ZippedLists): boolean {
    const lists: unknown[][] = [];
    while (lists.length < this.#steps.chunksize) {
      const list = input.next();
      if (list === null) {
        this.#input = null;
        break;
      }
      lists.push(list);
    }
    // The input is the user's code, and may have ended this.
    if (this.#ended) return false;
    if (lists.length > 0) this.#futures.push(this.#steps.submit(lists));
    return this.#input !== null;
  }

  #closeInput(): void {
    const input = this.#input;
    this.#input = null;
    input?.close();
  }

  /** An asynchronous input is taken as it comes, up to the bound. */
  async #gather(input: AsyncZippedLists): Promise<void> {
    const { chunksize } = this.#steps;
    let lists: unknown[][] = [];
    try {
      while (this.#input !== null) {
        if (this.#futures.length >= this.#buffersize) {
          await new Promise<void>((resolve) => (this.#wakeGatherer = resolve));
          this.#wakeGatherer = null;
          continue;
        }
        const list = await input.next();
        if (this.#isOver()) return;
        if (list === null) this.#input = null;
        else lists.push(list);
        if (lists.length === chunksize || (list === null && lists.length > 0)) {
          this.#futures.push(this.#steps.submit(lists));
          lists = [];
          this.#wakeReader?.();
        }
      }
    } catch (error) {
      // Nobody asks any more.
      if (this.#isOver()) return;
      this.#failure = { error };
      this.#closeInput();
    }
    this.#wakeReader?.();
  }

  /** The next step of an asynchronous input, or its end. */
  #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        this.#end();
      };
      const aborted = this.#signals.find((signal) => signal.aborted);
      if (aborted !== undefined) {
        fail(aborted.reason);
        return;
      }
      const unlisten = this.#signals.map((signal) => onAbort(signal, fail));
      const left = this.#left();
      if (left !== null) {
        unlisten.push(
          after(Math.max(0, left), () => {
            fail(new TimeoutError());
          }),
        );
      }
      this.#wakeReader = () => {
        this.#wakeReader = null;
        for (const stop of unlisten) stop();
        resolve();
      };
    });
  }
}
