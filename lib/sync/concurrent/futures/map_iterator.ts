import { MapCore, type MapPlan } from '../../../concurrent/futures/map_core';
import { zipped } from '../../../concurrent/futures/zipped';
import { block } from '../../../engine/blocking';
import { isAsyncIterable } from '../../../pool/arguments';
import { ValueError } from '../../../util/exceptions';
import { TimeoutError } from '../../../util/os_errors';
import type { Future } from './future';

/**
 * Begins a map.
 *
 * @throws what an input throws meanwhile, or the submitting.
 */
export function mapOver<R>(plan: MapPlan<Future<unknown>>): MapIterator<R> {
  if (plan.iterables.some(isAsyncIterable)) {
    throw new TypeError(
      'an async iterable cannot be read by a call that blocks: use the executors of ' +
        'multiprocessing-ts/concurrent/futures',
    );
  }
  return new MapIterator(new MapCore(plan, zipped(plan.iterables)));
}

/**
 * The results of {@link Executor.map}, in the order of the inputs.
 *
 * As Python's generator: the first error ends it and cancels what has not started. Leaving a `for` loop early does the
 * same, and `close()`.
 *
 * @example
 * for (const square of executor.map((x: number) => x * x, [1, 2, 3])) console.log(square);
 */
export class MapIterator<R> implements IterableIterator<R, undefined>, Disposable {
  readonly #core: MapCore<Future<unknown>>;
  #running = false;

  /** Made by the executors. */
  constructor(core: MapCore<Future<unknown>>) {
    this.#core = core;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /**
   * The next result.
   *
   * @throws TimeoutError when the map's timeout is over and the result is not there.
   * @throws ValueError in an input of this iterator, or in a callback while this waits: as Python's generator.
   * @throws whatever the function threw; then the iterator has ended.
   */
  next(): IteratorResult<R, undefined> {
    if (this.#running) throw new ValueError('generator already executing');
    this.#running = true;
    try {
      return this.#next();
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /** Ends it: what has not started is cancelled, the inputs are closed. */
  return(): IteratorResult<R, undefined> {
    this.close();
    return { done: true, value: undefined };
  }

  /** Ends it, as `return` does. */
  close(): void {
    this.#core.end();
  }

  /** Ends it, as `return` does. */
  [Symbol.dispose](): void {
    this.close();
  }

  #next(): IteratorResult<R, undefined> {
    const core = this.#core;
    for (let next = core.take(); ; next = core.take()) {
      if (next !== null) return next as IteratorResult<R, undefined>;
      if (!core.ready && !block(() => core.ready, core.left)) throw new TimeoutError();
      const { first } = core;
      if (first !== undefined) core.accept(first.result());
    }
  }
}
