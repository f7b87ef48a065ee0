import { EventLoopDriver } from '../../engine/driver';
import { Engine } from '../../engine/engine';
import type { Failure } from '../../engine/failure';
import type { Launcher } from '../../engine/worker';
import { RuntimeError } from '../../errors';
import { checkOptions, listOf } from '../../pool/arguments';
import { jobOf, type CallOptions } from '../../pool/calls';
import type { Initializer } from '../../pool/types';
import { encodeArguments, encodeFunction, encodeList } from '../../reduction/sending';
import type { Encoded } from '../../reduction/types';
import { debug } from '../../util/log';
import { queueMicrotask } from '../../util/timers';
import { CallKind, type CallKindId } from '../../wire/protocol';
import { bindMap, bindShutdown, type MapGiven } from './arguments';
import { CallbackQueue } from './callbacks';
import type { BrokenExecutor } from './errors';
import { Executor, type ShutdownOptions } from './executor';
import type { Future } from './future';
import { MapIterator, type Steps } from './map_iterator';
import { Submission, type Owner } from './submission';
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
  readonly broken: () => BrokenExecutor;
  readonly unencodable: (value: string, reason: string) => unknown;
}

/** A dropped executor ends its workers, when what was submitted is done: somebody may hold a future. */
const dropped = new FinalizationRegistry<Engine>((engine) => {
  engine.close();
});

/** An executor on the engine: what processes and threads have in common. */
export abstract class WorkerExecutor extends Executor {
  readonly #engine: Engine;
  readonly #owner: Owner;
  readonly #broken: () => BrokenExecutor;
  #isShutDown = false;

  constructor(making: Making) {
    super();
    const { launcher, size, tasksPerWorker, fragile, initializer, identity, unencodable, errorOf } = making;
    const initargs = making.initargs === null ? [] : listOf(making.initargs);
    this.#broken = making.broken;
    this.#engine = new Engine({
      policy: { size, tasksPerWorker, eager: false, fragile, failedStarts: 1 },
      launcher,
      driver: new EventLoopDriver(),
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
      errors: { unencodable },
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
   * @throws TypeError for a signal that is none.
   * @example
   * const future = executor.with_options({ signal: AbortSignal.timeout(1000) }).submit(work, 1, 2);
   */
  with_options(options: SubmitOptions): Submitter {
    const { timeout = null, signal = null } = options;
    const checked = checkOptions({ timeout, signal });
    const submit = (fn: unknown, ...args: unknown[]) => this.#submit(fn, CallKind.Apply, args, 1, checked);
    const map = (fn: unknown, ...inputs: unknown[]) => {
      const given = bindMap(inputs);
      return new MapIterator(this.#steps(fn, given, checked), zipped(given.iterables), given);
    };
    return { submit, map } as Submitter;
  }

  protected override mapSteps(fn: (...args: never[]) => unknown, given: MapGiven): Steps {
    return this.#steps(fn, given, NO_OPTIONS);
  }

  #steps(fn: unknown, given: MapGiven, options: CallOptions): Steps {
    const chunksize = this.chunksize(given.chunksize);
    const both = given.signal === null ? options : { ...options, signal: checkSignal(given.signal) };
    if (chunksize === 1) {
      return { chunksize, submit: ([args]) => this.#submit(fn, CallKind.Apply, args ?? [], 1, both) };
    }
    const single = given.iterables.length === 1;
    const kind = single ? CallKind.Map : CallKind.Starmap;
    return {
      chunksize,
      submit: (lists) => {
        const items = single ? lists.map(([item]) => item) : lists;
        return this.#submit(fn, kind, items, items.length, both);
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
    options: CallOptions,
  ): Future<T> {
    this.#checkOpen();
    const future = new Submission<T>(this.#owner);
    try {
      if (options.signal?.aborted === true) throw options.signal.reason;
      const { sharesMemory } = this.#engine;
      future.start(jobOf(fn, sharesMemory), kind, encodeArguments(value, sharesMemory), items, options);
    } catch (error) {
      // Not before the caller has the future in hand.
      queueMicrotask(() => {
        future.refuse(error);
      });
    }
    return future;
  }

  #checkOpen(): void {
    if (this.#engine.stopped !== null && this.#engine.stopped.kind !== 'terminated') throw this.#broken();
    if (this.#isShutDown) throw new RuntimeError('cannot schedule new futures after shutdown');
  }

  // ---------------------------------------------------------- life cycle

  /**
   * Takes no more work. What is submitted is still done, then the workers end.
   *
   * As in Python; may be called again. The promise also waits for callbacks that returned promises.
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
    await this.#engine.ended();
    await this.#owner.callbacks.idle();
  }

  /** Ends the executor and its workers now: what has not started is cancelled, what runs fails. */
  protected end(atOnce: boolean): void {
    void this.shutdown(false, { cancel_futures: true });
    this.#engine.stop({ kind: 'terminated' }, atOnce);
  }
}

const NO_OPTIONS: CallOptions = { timeout: null, signal: null };

const checkSignal = (signal: AbortSignal): AbortSignal | null =>
  checkOptions({ timeout: null, signal }).signal;
