import { ThreadDriver } from '../../engine/driver';
import { Engine } from '../../engine/engine';
import type { Failure } from '../../engine/failure';
import type { Launcher } from '../../engine/worker';
import { PicklingError, RuntimeError } from '../../errors';
import { checkOptions, listOf } from '../../pool/arguments';
import { jobOf } from '../../pool/calls';
import type { Initializer } from '../../pool/types';
import { REDUCE } from '../../reduction/registry';
import { encodeArguments, encodeFunction, encodeList } from '../../reduction/sending';
import type { Encoded } from '../../reduction/types';
import { debug } from '../../util/log';
import { queueMicrotask } from '../../util/timers';
import { CallKind, type CallKindId } from '../../wire/protocol';
import { bindMap, bindOptions, bindShutdown, type MapGiven, type MapOptions } from './arguments';
import { CallbackQueue } from './callbacks';
import type { BrokenExecutor } from './errors';
import { initializerReport } from './failures';
import { Executor, type Inputs, type ItemsOf, type ShutdownOptions } from './executor';
import type { Future } from './future';
import { MapIterator, type Steps } from './map_iterator';
import { Submission, type Options, type Owner } from './submission';
import { zipped } from './zipped';

/** What may be said of a call beside its function and its arguments. */
export interface SubmitOptions {
  /** Seconds the call may run, counted from its start; then its worker is killed. @default no end */
  readonly timeout?: number | null;
  /** Aborts the call: dropped if it is queued, killed with its worker if it runs. */
  readonly signal?: AbortSignal | null;
}

/** An executor whose calls all have the same options: see {@link WorkerExecutor.with_options}. */
export type Submitter = Pick<Executor, 'submit' | 'map'>;

/** What makes an executor of workers. */
export interface Making {
  readonly launcher: Launcher;
  readonly size: number;
  readonly tasksPerWorker: number;
  /** Does the death of a worker break the executor? */
  readonly fragile: boolean;
  readonly initializer: Initializer | null;
  readonly initargs: unknown;
  /** Tells a new worker who it is. */
  readonly identity: () => Encoded;
  readonly errorOf: (failure: Failure) => unknown;
  /** What submitting to a broken executor throws. */
  readonly broken: (failure: Failure) => BrokenExecutor;
}

/** A dropped executor ends its workers, when what was submitted is done: somebody may hold a future. */
const dropped = new FinalizationRegistry<Engine>((engine) => {
  engine.close();
});

/** An executor on the engine: what processes and threads have in common. */
export abstract class WorkerExecutor extends Executor {
  /** An executor is of this process, and so are its workers. */
  static readonly [REDUCE] = {
    reduce(executor: WorkerExecutor): never {
      throw new TypeError(
        `cannot pickle '${executor.constructor.name}' object: make one in the worker, inside the function`,
      );
    },
    rebuild: (): never => {
      throw new TypeError('cannot unpickle an executor');
    },
  };

  readonly #engine: Engine;
  readonly #owner: Owner;
  readonly #broken: (failure: Failure) => BrokenExecutor;
  #isShutDown = false;

  constructor(making: Making) {
    super();
    const { launcher, size, tasksPerWorker, fragile, initializer, identity } = making;
    const initargs = making.initargs === null ? [] : listOf(making.initargs);
    const reportInitializer = initializerReport();
    this.#broken = (failure) => {
      reportInitializer(failure);
      return making.broken(failure);
    };
    const errorOf = (failure: Failure): unknown => {
      reportInitializer(failure);
      return making.errorOf(failure);
    };
    this.#engine = new Engine({
      policy: { size, tasksPerWorker, eager: false, fragile, failedStarts: 1 },
      launcher,
      driver: new ThreadDriver(),
      recruit: {
        identity,
        initializer:
          initializer === null
            ? null
            : {
                fn: encodeFunction(initializer, launcher.sharesMemory),
                args: encodeList(initargs, launcher.sharesMemory),
              },
      },
      errors: { unencodable: (_value, reason) => new PicklingError(reason.replace(/^PicklingError: /, '')) },
    });
    this.#owner = { engine: this.#engine, callbacks: new CallbackQueue(), errorOf };
    dropped.register(this, this.#engine, this);
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
    if (arguments.length === 0) {
      throw new TypeError("submit() missing 1 required positional argument: 'fn'");
    }
    return this.#submit<Awaited<R>>(fn, CallKind.Apply, args, 1, NO_OPTIONS);
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
    const { timeout, signal } = checkOptions(bindOptions(args));
    const given: Options = { timeout, signals: listOfSignals(signal) };
    const submit = (fn: unknown, ...args: unknown[]) => this.#submit(fn, CallKind.Apply, args, 1, given);
    const map = (fn: unknown, ...inputs: unknown[]) => this.#map(fn, inputs, given);
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
    const given = bindMap(inputs);
    const { timeout } = options;
    const signals = [...options.signals, ...listOfSignals(given.signal)];
    const steps = this.#steps(fn, given, { timeout, signals });
    return new MapIterator(steps, zipped(given.iterables), { ...given, signals });
  }

  #steps(fn: unknown, given: MapGiven, options: Options): Steps {
    const chunksize = this.chunksize(given.chunksize);
    if (chunksize === 1) {
      // As in Python, map() is made of submit(): that of a subclass, too.
      const isOverridden = this.submit !== WorkerExecutor.prototype.submit;
      if (isOverridden && options.timeout === null && options.signals.length === 0) {
        return { chunksize, submit: ([args]) => this.submit(fn as AnyFunction, ...(args ?? [])) };
      }
      return { chunksize, submit: ([args]) => this.#submit(fn, CallKind.Apply, args ?? [], 1, options) };
    }
    const single = given.iterables.length === 1;
    const kind = single ? CallKind.Map : CallKind.Starmap;
    return {
      chunksize,
      submit: (lists) => {
        const items = single ? lists.map(([item]) => item) : lists;
        return this.#submit(fn, kind, items, items.length, options);
      },
    };
  }

  /** How many items of a map travel together. */
  protected abstract chunksize(given: number | null): number;

  #submit<T>(
    fn: unknown,
    kind: CallKindId,
    value: readonly unknown[],
    items: number,
    options: Options,
  ): Future<T> {
    this.#checkOpen();
    const future = new Submission<T>(this.#owner);
    try {
      for (const signal of options.signals) if (signal.aborted) throw signal.reason;
      const { sharesMemory } = this.#engine;
      const job = jobOf(fn, sharesMemory);
      const encoded = encodeArguments(value, sharesMemory);
      // What is sent may have a word in how, and that is the user's code: it may have shut this down.
      this.#checkOpen();
      future.start(job, kind, encoded, items, options);
    } catch (error) {
      // Not before the caller has the future in hand.
      queueMicrotask(() => {
        future.refuse(error);
      });
    }
    return future;
  }

  #checkOpen(): void {
    const { stopped } = this.#engine;
    if (stopped !== null && stopped.kind !== 'terminated') throw this.#broken(stopped);
    if (this.#isShutDown) throw new RuntimeError('cannot schedule new futures after shutdown');
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
    const given = bindShutdown(options === undefined ? [wait] : [wait, options]);
    if (!this.#isShutDown) debug('shutting down executor');
    this.#isShutDown = true;
    dropped.unregister(this);
    if (given.cancel_futures === true) this.#engine.dropUnstarted();
    this.#engine.close();
    if (given.wait === false) return;
    const { callbacks } = this.#owner;
    // A callback that waits for this would wait for itself.
    const inCallback = callbacks.calling;
    await this.#engine.ended();
    if (!inCallback) await callbacks.idle();
  }

  /** Ends the executor and its workers now: what has not started is cancelled, what runs fails. */
  protected end(atOnce: boolean): void {
    void this.shutdown(false, { cancel_futures: true });
    this.#engine.stop({ kind: 'terminated' }, atOnce);
  }
}

type AnyFunction = (...args: unknown[]) => unknown;

const NO_OPTIONS: Options = { timeout: null, signals: [] };

const listOfSignals = (signal: AbortSignal | null): AbortSignal[] => (signal === null ? [] : [signal]);
