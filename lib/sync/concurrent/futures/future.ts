import { block } from '../../../engine/blocking';
import { FutureCore, isDone } from '../../../concurrent/futures/future_core';
import { TimeoutError } from '../../../util/os_errors';
import { bindTimeout, type Timeout } from '../../../util/timeout';

const bindResult = bindTimeout('result');
const bindException = bindTimeout('exception');
const never = (): boolean => false;

/**
 * The result of a call that an executor runs: there now or later.
 *
 * As in Python. While `result` and `exception` block, other results arrive and callbacks run; so the callbacks of a
 * future have run when its result is there. Made by `Executor.submit`; made by `new Future()`, somebody has to set its
 * result: a callback, say, as timers and promises wait meanwhile.
 *
 * @example
 * const future = new Future<number>();
 * executor.submit(Math.sqrt, 16).add_done_callback((done) => future.set_result(done.result()));
 * console.log(future.result(10)); // 4
 */
export class Future<T> extends FutureCore<T> {
  /**
   * What the call returned, when it is done.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one. It may still come: ask again.
   * @throws CancelledError when it is cancelled.
   * @throws whatever the call threw.
   */
  result(timeout?: Timeout): T {
    this.#block(bindResult(timeout));
    return this.takeResult();
  }

  /**
   * What the call threw, when it is done; `null` if it returned.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one.
   * @throws CancelledError when it is cancelled.
   */
  exception(timeout?: Timeout): unknown {
    this.#block(bindException(timeout));
    return this.takeException();
  }

  /** Is the call being run? Then it cannot be cancelled any more. Looks for what has come. */
  override running(): boolean {
    if (!isDone(this)) block(never, 0);
    return super.running();
  }

  /** Is it cancelled or finished? Looks for what has come. */
  override done(): boolean {
    return isDone(this) || block(() => isDone(this), 0);
  }

  protected override get awaits(): boolean {
    return false;
  }

  #block(seconds: number | null): void {
    if (!isDone(this) && !block(() => isDone(this), seconds)) throw new TimeoutError();
  }
}
