import { REDUCE } from '../../reduction/registry';
import type { MapOptions } from './arguments';
import { Executor, type Inputs, type ItemsOf, type ShutdownOptions } from './executor';
import {
  ExecutorCore,
  NO_OPTIONS,
  NOT_SENT,
  noFunction,
  type Making,
  type SubmitOptions,
} from './executor_core';
import { Future } from './future';
import { mapOver, type MapIterator } from './map_iterator';
import type { Options } from './submission';

/** An executor whose calls all have the same options: see {@link WorkerExecutor.with_options}. */
export type Submitter = Pick<Executor, 'submit' | 'map'>;

/** An executor on the engine: what processes and threads have in common. */
export abstract class WorkerExecutor extends Executor {
  static readonly [REDUCE] = NOT_SENT;

  readonly #core: ExecutorCore<Future<unknown>>;

  constructor(making: Making) {
    super();
    this.#core = new ExecutorCore<Future<unknown>>(making, () => new Future(), true);
  }

  /**
   * Calls `fn(...args)` in a worker; the future is there at once.
   *
   * As in Python. All arguments are the function's: a `signal` or a `timeout` are given with `with_options`. What
   * cannot be sent fails in the future.
   *
   * @throws RuntimeError after `shutdown`.
   * @throws BrokenExecutor when the executor is broken.
   * @example
   * const future = executor.submit((base: number, exponent: number) => base ** exponent, 2, 10);
   * console.log(await future.result()); // 1024
   */
  override submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    if (arguments.length === 0) throw noFunction();
    return this.#core.submit(fn, args, NO_OPTIONS) as Future<Awaited<R>>;
  }

  /**
   * The same executor for calls that can be aborted, or that may only run for a while.
   *
   * Not in Python. Options stand apart, so that no argument of a function can be taken for them.
   *
   * @param options - `timeout` in seconds, counted from the start of each call, and `signal`.
   * @throws ValueError for a timeout of 0 or less.
   * @throws TypeError for a signal that is none, or an unknown keyword.
   * @example
   * const future = executor.with_options({ signal: AbortSignal.timeout(1000) }).submit(work, 1, 2);
   */
  with_options(options?: SubmitOptions): Submitter;
  with_options(...args: unknown[]): Submitter {
    const options = this.#core.optionsOf(args);
    const submit = (fn: unknown, ...args: unknown[]) => this.#core.submit(fn, args, options);
    const map = (fn: unknown, ...inputs: unknown[]) => this.#map(fn, inputs, options);
    return { submit, map } as Submitter;
  }

  /** As `Executor.map`; `signal` in its options aborts it: what is queued is dropped, what runs is killed. */
  override map<I extends Inputs, R>(
    fn: (...args: ItemsOf<I>) => R,
    ...inputs: [...I, MapOptions]
  ): MapIterator<Awaited<R>>;
  override map<I extends Inputs, R>(fn: (...args: ItemsOf<I>) => R, ...inputs: I): MapIterator<Awaited<R>>;
  override map(fn: (...args: never[]) => unknown, ...inputs: unknown[]): MapIterator<unknown> {
    return this.#map(fn, inputs, NO_OPTIONS);
  }

  #map(fn: unknown, inputs: readonly unknown[], options: Options): MapIterator<unknown> {
    const isOverridden = this.submit !== WorkerExecutor.prototype.submit;
    return mapOver(this.#core.plan(fn, inputs, options, isOverridden ? this.submit.bind(this) : null));
  }

  // ---------------------------------------------------------- life cycle

  /**
   * Takes no more work. What is submitted is still done, then the workers end.
   *
   * As in Python; may be called again. The promise also waits for callbacks that returned promises, unless it was a
   * callback that asked for it.
   *
   * @param wait - the promise resolves when all that is over; else at once. @default true
   * @param options - `cancel_futures`: what has not started is cancelled. @default false
   */
  override async shutdown(
    wait?: boolean | ShutdownOptions,
    options?: Omit<ShutdownOptions, 'wait'>,
  ): Promise<void> {
    const waits = this.#core.shutdown(options === undefined ? [wait] : [wait, options]);
    if (waits) await this.#core.ended();
  }

  /** Ends the executor and its workers now: what has not started is cancelled, what runs fails. */
  protected end(atOnce: boolean): void {
    this.#core.terminate(atOnce);
  }
}
