import { onAbort } from '../../pool/calls';
import { after } from '../../util/after';
import { TimeoutError } from '../../util/os_errors';
import type { Future } from './future';
import { isDone } from './future_core';
import { MapCore, type MapPlan } from './map_core';
import { AsyncZippedLists, zipped } from './zipped';

const nothing = (): void => undefined;

/**
 * Begins a map.
 *
 * @throws what an input throws meanwhile, or the submitting.
 */
export function mapOver<R>(plan: MapPlan<Future<unknown>>): MapIterator<R> {
  const input = zipped(plan.iterables);
  return new MapIterator(new MapCore(plan, input), input instanceof AsyncZippedLists ? input : null);
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
  readonly #core: MapCore<Future<unknown>>;
  /** Ends the wait of a `next()` for a result; for input; and that of the gathering of an asynchronous input for room. */
  #leave: (() => void) | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeGatherer: (() => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Made by the executors. @param input - one that is asynchronous is read here. */
  constructor(core: MapCore<Future<unknown>>, input: AsyncZippedLists | null) {
    this.#core = core;
    if (input !== null) void this.#gather(input);
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
    const core = this.#core;
    for (;;) {
      const next = core.take();
      if (next !== null) return next as IteratorResult<R, undefined>;
      const future = core.first;
      if (future === undefined) {
        await this.#arrival();
        continue;
      }
      let value: unknown;
      try {
        value = await this.#resultOf(future);
      } catch (error) {
        if (core.ended) continue;
        this.#end();
        throw error;
      }
      this.#leave = null;
      if (core.ended) continue;
      core.accept(value);
      this.#wakeGatherer?.();
    }
  }

  /** What it returned; anything if this has ended meanwhile. */
  #resultOf(future: Future<unknown>): Promise<unknown> {
    const result = future.result(this.#core.left);
    if (isDone(future)) return result;
    return new Promise((resolve, reject) => {
      this.#leave = () => {
        resolve(undefined);
      };
      result.then(resolve, reject);
    });
  }

  #end(): void {
    this.#core.end();
    this.#wakeGatherer?.();
    this.#wakeReader?.();
    this.#leave?.();
  }

  // -------------------------------------------------------------- input

  /** An asynchronous input is taken as it comes, up to the bound. */
  async #gather(input: AsyncZippedLists): Promise<void> {
    const core = this.#core;
    let lists: unknown[][] = [];
    try {
      while (core.isOpen) {
        if (!core.hasRoom) {
          await new Promise<void>((resolve) => (this.#wakeGatherer = resolve));
          this.#wakeGatherer = null;
          continue;
        }
        const list = await input.next();
        if (core.ended) return;
        if (list === null) core.finish();
        else lists.push(list);
        if (lists.length === core.chunksize || (list === null && lists.length > 0)) {
          core.add(lists);
          lists = [];
          this.#wakeReader?.();
        }
      }
    } catch (error) {
      // Nobody asks any more.
      if (core.ended) return;
      core.fail(error);
    }
    this.#wakeReader?.();
  }

  /** The next step of an asynchronous input, or its end. */
  #arrival(): Promise<void> {
    const { signals, left } = this.#core;
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        this.#end();
      };
      const aborted = signals.find((signal) => signal.aborted);
      if (aborted !== undefined) {
        fail(aborted.reason);
        return;
      }
      const unlisten = signals.map((signal) => onAbort(signal, fail));
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
