import { bindTimeout, type Timeout } from '../util/timeout';
import { ValueError } from '../errors';
import type { Outcome } from './outcome';

const bindGet = bindTimeout('get');
const bindWait = bindTimeout('wait');

/**
 * The result of `apply_async`: there now or later.
 *
 * As in Python, except that `get` and `wait` return promises. Not thenable, so that an `async` function can
 * return one without waiting for it.
 *
 * @example
 * const result = pool.apply_async(Math.sqrt, [16]);
 * console.log(await result.get(10)); // 4
 */
export class AsyncResult<T> {
  readonly #outcome: Outcome<T>;

  /** Made by the methods of a pool. */
  constructor(outcome: Outcome<T>) {
    this.#outcome = outcome;
  }

  /**
   * The value, when it is there.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not there in time (it may still come: ask again).
   * @throws whatever the function threw, of its own class, with a `RemoteTraceback` as `cause`.
   * @throws WorkerLostError when the worker died while it ran the call.
   * @throws TerminatedError when the pool was terminated before.
   */
  get(timeout: Timeout = null): Promise<T> {
    return timeout === null ? this.#outcome.get(null) : this.#getWithin(timeout);
  }

  async #getWithin(timeout: Timeout): Promise<T> {
    return await this.#outcome.get(bindGet(timeout));
  }

  /** Resolves when the result is ready or `timeout` seconds have passed; rejects only for a timeout that is no number. */
  async wait(timeout: Timeout = null): Promise<void> {
    await this.#outcome.wait(bindWait(timeout));
  }

  /** Is the call done, with a value or an error? */
  ready(): boolean {
    return this.#outcome.ready;
  }

  /**
   * Did the call return?
   *
   * @throws ValueError if it is not ready.
   */
  successful(): boolean {
    if (!this.#outcome.ready) throw new ValueError(`<${this.constructor.name}> not ready`);
    return this.#outcome.successful;
  }
}

/** The result of `map_async` and `starmap_async`: the list of all values, in the order of the input. */
export class MapResult<T> extends AsyncResult<T[]> {}
