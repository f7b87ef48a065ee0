import { Engine } from '../engine/engine';
import { ThreadDriver } from '../engine/driver';
import { defaultMethod, launcherOf, type StartMethod } from '../engine/launchers';
import { soon } from '../engine/turns';
import { AssertionError, ValueError } from '../errors';
import { NotImplementedError } from '../util/exceptions';
import { encodeFunction, encodeList } from '../reduction/sending';
import { cpu_count } from '../util/cpu_count';
import { getCurrentProcess } from '../util/current';
import { debug } from '../util/log';
import { CallKind, type CallKindId } from '../wire/protocol';
import * as bind from './arguments';
import { makeCallbacks, type Callbacks } from './callbacks';
import { ApplyCall, jobOf, MapCall, type CallOptions, type Job, type PicklingFailure } from './calls';
import { Collector } from './collector';
import { MaybeEncodingError } from './errors';
import { poolIdentity } from './identity';
import { ImapCall } from './imap';
import type { Handlers } from './outcome';

/** Python's chunks: four for each worker. */
const CHUNKS_PER_WORKER = 4;

type State = 'RUN' | 'CLOSE' | 'TERMINATE';

/** A dropped pool that was never closed ends its workers, when what was submitted is done: somebody may hold a result. */
const dropped = new FinalizationRegistry<Engine>((engine) => {
  engine.close();
});

/** A pool is of this process, and so are its workers. */
export const NOT_SENT = { reduce: notSent, rebuild: notSent };

function notSent(): never {
  throw new NotImplementedError('pool objects cannot be passed between processes or pickled');
}

/**
 * A pool without its waiting: it takes calls and knows what becomes of them. The two classes that a user sees wait
 * for that, one on the event loop and one by blocking the thread.
 */
export class PoolCore {
  readonly #engine: Engine;
  readonly #size: number;
  /** The pool of the user: what is dropped when nobody has it any more. */
  readonly #owner: object;
  readonly #awaits: boolean;
  readonly #callbacks: Callbacks;
  /** Those with a bound that `close` is to end: as many as there are, about. */
  #imaps: WeakRef<ImapCall>[] = [];
  #mostImaps = 16;
  #state: State = 'RUN';

  /**
   * Starts the workers.
   *
   * @param args - what the constructor of the pool was given.
   * @param start_method - how; `null`: by the start method in use.
   * @param awaits - does somebody come to what takes promises: inputs and callbacks that are asynchronous?
   */
  constructor(owner: object, args: unknown[], start_method: StartMethod | null, awaits: boolean) {
    const given = bind.bindPool(args);
    const size = bind.checkProcesses(given.processes, cpu_count);
    const tasksPerWorker = bind.checkMaxTasks(given.maxtasksperchild);
    const { initializer } = given;
    if (initializer !== null && typeof initializer !== 'function') {
      throw new TypeError('initializer must be a callable');
    }
    const method = start_method ?? defaultMethod();
    if (method === 'spawn' && getCurrentProcess().daemon) {
      throw new AssertionError('daemonic processes are not allowed to have children');
    }
    const initargs = given.initargs === null ? [] : bind.listOf(given.initargs);
    const launcher = launcherOf(method);
    const { sharesMemory } = launcher;
    this.#size = size;
    this.#engine = new Engine({
      policy: { size, tasksPerWorker, eager: true, fragile: false, failedStarts: size },
      launcher,
      driver: new ThreadDriver(),
      recruit: {
        identity: poolIdentity(method),
        initializer:
          initializer === null
            ? null
            : {
                fn: encodeFunction(initializer, sharesMemory),
                args: encodeList(initargs, sharesMemory),
              },
      },
      errors: { unencodable: (value, reason) => new MaybeEncodingError(reason, value) },
      prompt: !awaits,
    });
    this.#owner = owner;
    this.#awaits = awaits;
    this.#callbacks = makeCallbacks(awaits);
    dropped.register(owner, this.#engine, owner);
  }

  apply(args: unknown[]): ApplyCall<unknown> {
    this.#checkRunning();
    const given = bind.bindApply(args);
    return this.#apply(given.func, given.args, given.kwds, bind.checkOptions(given), null);
  }

  apply_async(args: unknown[]): ApplyCall<unknown> {
    this.#checkRunning();
    const given = bind.bindApplyAsync(args);
    return this.#apply(
      given.func,
      given.args,
      given.kwds,
      bind.checkOptions(given),
      this.#handlers(given.callback, given.error_callback),
    );
  }

  #apply(
    func: unknown,
    args: unknown,
    kwds: unknown,
    options: CallOptions,
    handlers: Handlers<unknown> | null,
  ): ApplyCall<unknown> {
    const call = new ApplyCall<unknown>(handlers);
    try {
      if (options.signal?.aborted === true) throw options.signal.reason;
      const list = args === null ? NO_ARGUMENTS : bind.listOf(args);
      const all =
        kwds === null || kwds === undefined || Object.keys(kwds).length === 0 ? list : [...list, kwds];
      call.start(this.#engine, jobOf(func, this.#engine.sharesMemory), all, options);
    } catch (error) {
      // What cannot be sent is the result's failure; not before the caller has the result in hand.
      soon(() => {
        call.fail(error);
      });
    }
    return call;
  }

  map(args: unknown[]): MapCall<unknown> {
    this.#checkRunning();
    return this.#map(CallKind.Map, { ...bind.bindMap(args), ...NO_CALLBACKS });
  }

  starmap(args: unknown[]): MapCall<unknown> {
    this.#checkRunning();
    return this.#map(CallKind.Starmap, { ...bind.bindStarmap(args), ...NO_CALLBACKS });
  }

  map_async(args: unknown[]): MapCall<unknown> {
    this.#checkRunning();
    return this.#map(CallKind.Map, bind.bindMapAsync(args));
  }

  starmap_async(args: unknown[]): MapCall<unknown> {
    this.#checkRunning();
    return this.#map(CallKind.Starmap, bind.bindStarmapAsync(args));
  }

  #map(kind: CallKindId, given: bind.MapArguments): MapCall<unknown> {
    const options = bind.checkOptions(given);
    this.#checkInput(given.iterable);
    const handlers = this.#handlers(given.callback, given.error_callback);
    bind.checkChunksize(given.chunksize, 1);
    const call = new MapCall<unknown>(this.#engine, this.#jobOrFailure(given.func), kind, options, handlers);
    const start = (input: readonly unknown[], order: number): void => {
      if (input.length === 0) {
        call.completeSilently([]);
        return;
      }
      if (options.signal?.aborted === true) {
        const reason: unknown = options.signal.reason;
        soon(() => {
          call.fail(reason);
        });
        return;
      }
      const chunks = this.#size * CHUNKS_PER_WORKER;
      const chunksize = bind.checkChunksize(given.chunksize, Math.ceil(input.length / chunks));
      call.start(kind === CallKind.Starmap ? input.map(spread) : input, chunksize, order);
    };
    const order = this.#engine.nextOrder();
    if (!bind.isAsyncIterable(given.iterable)) {
      start(bind.listOf(given.iterable), order);
    } else {
      const collector = new Collector(given.iterable, order, this.#engine, options.signal, start, (error) => {
        call.fail(error);
      });
      this.#engine.submitSource(collector);
    }
    return call;
  }

  imap(args: unknown[]): ImapCall {
    this.#checkRunning();
    return this.#imap(bind.bindImap(args), true);
  }

  imap_unordered(args: unknown[]): ImapCall {
    this.#checkRunning();
    return this.#imap(bind.bindImapUnordered(args), false);
  }

  #imap(given: bind.ImapArguments, ordered: boolean): ImapCall {
    const options = bind.checkOptions(given);
    this.#checkInput(given.iterable);
    const call = new ImapCall(this.#engine, this.#jobOrFailure(given.func), given.iterable, {
      ...options,
      ordered,
      chunksize: bind.checkChunksize(given.chunksize, 1),
      buffersize: bind.checkBuffersize(given.buffersize),
    });
    if (call.bounded) this.#remember(call);
    this.#engine.submitSource(call);
    return call;
  }

  #remember(call: ImapCall): void {
    if (this.#imaps.length >= this.#mostImaps) {
      this.#imaps = this.#imaps.filter((each) => each.deref()?.isOpen === true);
      this.#mostImaps = Math.max(16, this.#imaps.length * 2);
    }
    this.#imaps.push(new WeakRef(call));
  }

  close(): void {
    debug('closing pool');
    if (this.#state !== 'RUN') return;
    this.#state = 'CLOSE';
    dropped.unregister(this.#owner);
    for (const ref of this.#imaps) ref.deref()?.close();
    this.#engine.close();
  }

  /** Begins to end the workers: see {@link PoolCore.ended}. */
  terminate(): void {
    debug('terminating pool');
    this.#state = 'TERMINATE';
    dropped.unregister(this.#owner);
    this.#engine.stop({ kind: 'terminated' });
  }

  checkJoin(): void {
    debug('joining pool');
    if (this.#state === 'RUN') throw new ValueError('Pool is still running');
  }

  /** Is no worker left? After `close` or `terminate` that comes. */
  get over(): boolean {
    return this.#engine.over;
  }

  /** Is a callback being called right now, in this stack? */
  get calling(): boolean {
    return this.#callbacks.current !== null;
  }

  /** No callback runs or waits. */
  get idle(): boolean {
    return this.#callbacks.isIdle;
  }

  async ended(): Promise<void> {
    await this.#engine.ended();
  }

  async called(): Promise<void> {
    await this.#callbacks.idle();
  }

  toString(): string {
    return `<${this.#owner.constructor.name} state=${this.#state} pool_size=${this.#size}>`;
  }

  #jobOrFailure(func: unknown): Job | PicklingFailure {
    try {
      return jobOf(func, this.#engine.sharesMemory);
    } catch (error) {
      return { unsendable: error };
    }
  }

  #handlers(callback: unknown, errorCallback: unknown): (Handlers<unknown[]> & Handlers<unknown>) | null {
    const onValue = bind.checkCallback('callback', callback);
    const onError = bind.checkCallback('error_callback', errorCallback);
    if (onValue === null && onError === null) return null;
    return { queue: this.#callbacks, callback: onValue, error_callback: onError };
  }

  #checkRunning(): void {
    if (this.#state !== 'RUN') throw new ValueError('Pool not running');
  }

  #checkInput(iterable: unknown): void {
    if (this.#awaits || !bind.isAsyncIterable(iterable)) return;
    throw new TypeError(
      'an async iterable cannot be read by a call that blocks: use the Pool of multiprocessing-ts',
    );
  }
}

const NO_CALLBACKS = { callback: null, error_callback: null } as const;
const NO_ARGUMENTS: readonly unknown[] = [];

/** An argument list as an array; what is none stays as it is, and fails in its chunk. */
function spread(item: unknown): unknown {
  if (Array.isArray(item) || item === null || item === undefined) return item;
  return typeof (Object(item) as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
    ? Array.from(item as Iterable<unknown>)
    : item;
}
