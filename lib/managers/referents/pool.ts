import { Pool as WorkerPool } from '../../pool';
import type { AsyncResult as Result } from '../../pool/results';
import { type_name } from '../../util/repr';
import { Iterator } from './iterator';

type Any = (...args: readonly unknown[]) => unknown;

/** What Python's `AsyncResult` is in a server. */
export class AsyncResult {
  static readonly parameters = { get: ['timeout'], wait: ['timeout'] };

  readonly #result: Result<unknown>;

  constructor(result: Result<unknown>) {
    this.#result = result;
  }

  get(timeout: number | null = null): Promise<unknown> {
    return this.#result.get(timeout);
  }

  async wait(timeout: number | null = null): Promise<void> {
    await this.#result.wait(timeout);
  }

  ready(): boolean {
    return this.#result.ready();
  }

  successful(): boolean {
    return this.#result.successful();
  }
}

const CALLBACKS = ['callback', 'error_callback'] as const;
const MAP = ['func', 'iterable', 'chunksize'] as const;

/** Python's `Pool`: its workers are children of the server, and callbacks run in the server. */
export class Pool {
  static readonly parameters = {
    __init__: ['processes', 'initializer', 'initargs', 'maxtasksperchild'],
    apply: ['func', 'args', 'kwds'],
    apply_async: ['func', 'args', 'kwds', ...CALLBACKS],
    map: MAP,
    map_async: [...MAP, ...CALLBACKS],
    starmap: MAP,
    starmap_async: [...MAP, ...CALLBACKS],
    imap: MAP,
    imap_unordered: MAP,
  };

  readonly #pool: WorkerPool;

  constructor(...args: readonly unknown[]) {
    this.#pool = new WorkerPool(...(args as [number]));
  }

  /** Calls a method of the pool; keywords of a Python program are a dict. */
  #call(method: keyof WorkerPool, args: readonly unknown[]): unknown {
    const [func, ...rest] = args.map((each) =>
      each instanceof Map ? (Object.fromEntries(each as Map<string, unknown>) as object) : each,
    );
    if (typeof func !== 'function') throw new TypeError(`'${type_name(func)}' object is not callable`);
    return (this.#pool[method] as Any).call(this.#pool, func, ...rest);
  }

  #result(method: keyof WorkerPool, args: readonly unknown[]): AsyncResult {
    return new AsyncResult(this.#call(method, args) as Result<unknown>);
  }

  #iterator(method: keyof WorkerPool, args: readonly unknown[]): Iterator {
    return new Iterator(this.#call(method, args) as AsyncIterator<unknown>);
  }

  apply(...args: readonly unknown[]): unknown {
    return this.#call('apply', args);
  }
  apply_async(...args: readonly unknown[]): AsyncResult {
    return this.#result('apply_async', args);
  }
  map(...args: readonly unknown[]): unknown {
    return this.#call('map', args);
  }
  map_async(...args: readonly unknown[]): AsyncResult {
    return this.#result('map_async', args);
  }
  starmap(...args: readonly unknown[]): unknown {
    return this.#call('starmap', args);
  }
  starmap_async(...args: readonly unknown[]): AsyncResult {
    return this.#result('starmap_async', args);
  }
  imap(...args: readonly unknown[]): Iterator {
    return this.#iterator('imap', args);
  }
  imap_unordered(...args: readonly unknown[]): Iterator {
    return this.#iterator('imap_unordered', args);
  }

  close(): void {
    this.#pool.close();
  }
  terminate(): Promise<void> {
    return this.#pool.terminate();
  }
  join(): Promise<void> {
    return this.#pool.join();
  }

  /** Its workers are not to outlive it. */
  disposed(): Promise<void> {
    return this.#pool.terminate();
  }

  __repr__(): string {
    return String(this.#pool).replace('<', '<multiprocessing.pool.');
  }
  toString(): string {
    return this.__repr__();
  }
}
