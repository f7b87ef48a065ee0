import { ThreadDriver } from '../../engine/driver';
import { Engine } from '../../engine/engine';
import type { Failure } from '../../engine/failure';
import { soon } from '../../engine/turns';
import type { Launcher } from '../../engine/worker';
import { PicklingError, RuntimeError } from '../../errors';
import { checkOptions, listOf } from '../../pool/arguments';
import { jobOf } from '../../pool/calls';
import type { Initializer } from '../../pool/types';
import { encodeArguments, encodeFunction, encodeList } from '../../reduction/sending';
import type { Encoded } from '../../reduction/types';
import { debug } from '../../util/log';
import { CallKind, type CallKindId } from '../../wire/protocol';
import { bindMap, bindOptions, bindShutdown, type MapGiven } from './arguments';
import { Callbacks } from './callbacks';
import type { BrokenExecutor } from './errors';
import { initializerReport } from './failures';
import type { FutureCore } from './future_core';
import type { MapPlan, Steps } from './map_core';
import { Submission, type Options, type Owner } from './submission';

/** What may be said of a call beside its function and its arguments. */
export interface SubmitOptions {
  /** Seconds the call may run, counted from its start; then its worker is killed. @default no end */
  readonly timeout?: number | null;
  /** Aborts the call: dropped if it is queued, killed with its worker if it runs. */
  readonly signal?: AbortSignal | null;
}

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
  /** How many items of a map travel together. */
  readonly chunksize: (given: number | null) => number;
  readonly errorOf: (failure: Failure) => unknown;
  /** What submitting to a broken executor throws. */
  readonly broken: (failure: Failure) => BrokenExecutor;
}

type AnyFunction = (...args: unknown[]) => unknown;
type Submit<F> = (fn: AnyFunction, ...args: unknown[]) => F;

/** A dropped executor ends its workers, when what was submitted is done: somebody may hold a future. */
const dropped = new FinalizationRegistry<Engine>((engine) => {
  engine.close();
});

/**
 * An executor on the engine, without its waiting: what processes and threads have in common, and both facades.
 */
export class ExecutorCore<F extends FutureCore<unknown>> {
  readonly #engine: Engine;
  readonly #owner: Owner;
  readonly #broken: (failure: Failure) => BrokenExecutor;
  readonly #chunksize: Making['chunksize'];
  readonly #makeFuture: () => F;
  #isShutDown = false;

  /** @param awaits - does somebody come to the promises that callbacks return? */
  constructor(making: Making, makeFuture: () => F, awaits: boolean) {
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
    this.#chunksize = making.chunksize;
    this.#makeFuture = makeFuture;
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
      prompt: !awaits,
    });
    this.#owner = { engine: this.#engine, callbacks: new Callbacks(awaits), errorOf };
    dropped.register(this, this.#engine, this);
  }

  /**
   * One call.
   *
   * @throws RuntimeError after `shutdown`.
   * @throws BrokenExecutor when the executor is broken.
   */
  submit(fn: unknown, args: readonly unknown[], options: Options): F {
    return this.#submit(fn, CallKind.Apply, args, 1, options);
  }

  /** What `with_options` was given. */
  optionsOf(args: unknown[]): Options {
    const { timeout, signal } = checkOptions(bindOptions(args));
    return { timeout, signals: listOfSignals(signal) };
  }

  /**
   * A map: what it goes over, and how it submits its steps.
   *
   * @param inputs - what `map` was given after the function.
   * @param overridden - as in Python, map() is made of submit(): that of a subclass, too, if there is one.
   */
  plan(fn: unknown, inputs: readonly unknown[], options: Options, overridden: Submit<F> | null): MapPlan<F> {
    const given = bindMap(inputs);
    const signals = [...options.signals, ...listOfSignals(given.signal)];
    const steps = this.#steps(fn, given, { timeout: options.timeout, signals }, overridden);
    return { ...given, signals, steps };
  }

  #steps(fn: unknown, given: MapGiven, options: Options, overridden: Submit<F> | null): Steps<F> {
    const chunksize = this.#chunksize(given.chunksize);
    if (chunksize === 1) {
      if (overridden !== null && options.timeout === null && options.signals.length === 0) {
        return { chunksize, submit: ([args]) => overridden(fn as AnyFunction, ...(args ?? [])) };
      }
      return { chunksize, submit: ([args]) => this.submit(fn, args ?? [], options) };
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

  #submit(fn: unknown, kind: CallKindId, value: readonly unknown[], items: number, options: Options): F {
    this.#checkOpen();
    const future = this.#makeFuture();
    const submission = new Submission(this.#owner, future);
    try {
      for (const signal of options.signals) if (signal.aborted) throw signal.reason;
      const { sharesMemory } = this.#engine;
      const job = jobOf(fn, sharesMemory);
      const encoded = encodeArguments(value, sharesMemory);
      // What is sent may have a word in how, and that is the user's code: it may have shut this down.
      this.#checkOpen();
      submission.start(job, kind, encoded, items, options);
    } catch (error) {
      // Not before the caller has the future in hand.
      soon(() => {
        submission.refuse(error);
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
   * Takes no more work.
   *
   * @param args - what `shutdown` was given.
   * @returns is the end to be waited for?
   */
  shutdown(args: unknown[]): boolean {
    const given = bindShutdown(args);
    if (!this.#isShutDown) debug('shutting down executor');
    this.#isShutDown = true;
    dropped.unregister(this);
    if (given.cancel_futures === true) this.#engine.dropUnstarted();
    this.#engine.close();
    return given.wait !== false;
  }

  /** Ends the executor and its workers now: what has not started is cancelled, what runs fails. */
  terminate(atOnce: boolean): void {
    this.shutdown([false, { cancel_futures: true }]);
    this.#engine.stop({ kind: 'terminated' }, atOnce);
  }

  /** Is all done, and no worker left? After `shutdown` that comes. */
  get over(): boolean {
    return this.#engine.over;
  }

  /** Resolves when it is over, and all promises of callbacks are settled. A callback that asks waits for none. */
  async ended(): Promise<void> {
    const { callbacks } = this.#owner;
    // A callback that waits for this would wait for itself.
    const inCallback = callbacks.calling;
    await this.#engine.ended();
    if (!inCallback) await callbacks.idle();
  }
}

export const noFunction = (): TypeError =>
  new TypeError("submit() missing 1 required positional argument: 'fn'");

/** An executor is of this process, and so are its workers. */
export const NOT_SENT = {
  reduce(executor: object): never {
    throw new TypeError(
      `cannot pickle '${executor.constructor.name}' object: make one in the worker, inside the function`,
    );
  },
  rebuild: (): never => {
    throw new TypeError('cannot unpickle an executor');
  },
};

export const NO_OPTIONS: Options = { timeout: null, signals: [] };

const listOfSignals = (signal: AbortSignal | null): AbortSignal[] => (signal === null ? [] : [signal]);
