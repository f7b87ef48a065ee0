import { block } from '../../engine/blocking';
import { TimeoutError, ValueError } from '../../errors';
import { bindTimeout, type Timeout } from '../../util/timeout';
import type { Outcome } from '../../pool/outcome';

const bindGet = bindTimeout('get');
const bindWait = bindTimeout('wait');

/**
 * The result of `apply_async`: there now or later.
 *
 * As in Python. While `get` and `wait` block, other results arrive and callbacks run.
 *
 * @example
 * const result = pool.apply_async(Math.sqrt, [16]);
 * console.log(result.get(10)); // 4
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
  get(timeout: Timeout = null): T {
    return settled(this.#outcome, bindGet(timeout));
  }

  /** Returns when the result is ready or `timeout` seconds have passed; throws only for a timeout that is no number. */
  wait(timeout: Timeout = null): void {
    const outcome = this.#outcome;
    block(() => outcome.ready, bindWait(timeout));
  }

  /** Is the call done, with a value or an error? Looks for what has come. */
  ready(): boolean {
    const outcome = this.#outcome;
    return outcome.ready || block(() => outcome.ready, 0);
  }

  /**
   * Did the call return?
   *
   * @throws ValueError if it is not ready.
   */
  successful(): boolean {
    if (!this.ready()) throw new ValueError(`<${this.constructor.name}> not ready`);
    return this.#outcome.successful;
  }
}

/** The result of `map_async` and `starmap_async`: the list of all values, in the order of the input. */
export class MapResult<T> extends AsyncResult<T[]> {}

/** The value of an outcome, waited for. */
export function settled<T>(outcome: Outcome<T>, seconds: number | null): T {
  if (!block(() => outcome.ready, seconds)) throw new TimeoutError();
  return outcome.take();
}
