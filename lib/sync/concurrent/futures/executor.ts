import type { MapOptions } from '../../../concurrent/futures/arguments';
import type { ItemsOf, ShutdownOptions } from '../../../concurrent/futures/executor';
import { planBy } from '../../../concurrent/futures/map_core';
import { NotImplementedError } from '../../../util/exceptions';
import type { Future } from './future';
import { mapOver, type MapIterator } from './map_iterator';

/** What a map goes over, one input for each parameter of its function. */
export type Inputs = readonly Iterable<unknown>[];

/**
 * What runs calls somewhere else: the base of both executors, and of your own.
 *
 * As in Python; a subclass gives `submit` and, if it has something to end, `shutdown`.
 *
 * @example
 * class Inline extends Executor {
 *   override submit(fn, ...args) {
 *     const future = new Future();
 *     future.set_result(fn(...args));
 *     return future;
 *   }
 * }
 */
export abstract class Executor implements Disposable {
  /**
   * Calls `fn(...args)` somewhere; the future is there at once.
   *
   * @throws NotImplementedError here; subclasses do it.
   */
  submit<A extends unknown[], R>(_fn: (...args: A) => R, ..._args: A): Future<Awaited<R>> {
    throw new NotImplementedError();
  }

  /**
   * Calls `fn` with the first items of all inputs, with the second items, and so on to the end of the shortest.
   *
   * As in Python: the calls are submitted at once, all of them unless `buffersize` bounds them; results come in the
   * order of the inputs; the first error ends the iteration and cancels what has not started.
   *
   * @param inputs - one iterable for each parameter, and at last, if wanted, an object with `timeout` (seconds from
   *   the call to the last result), `chunksize` (only processes look at it), `buffersize` (steps submitted and not
   *   read, at most) and `signal` (only executors of workers know it).
   * @throws TypeError for what cannot be iterated without `await`, or an unknown keyword.
   * @throws whatever an input throws meanwhile; later, that comes after the results of what was submitted before.
   * @throws ValueError for a chunksize or buffersize below 1.
   * @throws RuntimeError after `shutdown`, unless the inputs are empty.
   */
  map<I extends Inputs, R>(
    fn: (...args: ItemsOf<I>) => R,
    ...inputs: [...I, MapOptions]
  ): MapIterator<Awaited<R>>;
  map<I extends Inputs, R>(fn: (...args: ItemsOf<I>) => R, ...inputs: I): MapIterator<Awaited<R>>;
  map(fn: (...args: never[]) => unknown, ...inputs: unknown[]): MapIterator<unknown> {
    return mapOver(planBy(inputs, (args) => this.submit(fn, ...(args as never[]))));
  }

  /**
   * Takes no more work. What is submitted is still done.
   *
   * @param wait - returns when everything is done; else at once. @default true
   * @param options - `cancel_futures`: what has not started is cancelled.
   */
  shutdown(_wait?: boolean | ShutdownOptions, _options?: Omit<ShutdownOptions, 'wait'>): void {
    // There is nothing to end.
  }

  /** Leaving an `using` block shuts the executor down and waits, as leaving a `with` block does in Python. */
  [Symbol.dispose](): void {
    this.shutdown(true);
  }
}
