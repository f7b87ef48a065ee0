import { after } from '../../util/after';
import { forEach, withOne, without, type Few } from '../../util/few';
import { TimeoutError } from '../../util/os_errors';
import { bindTimeout, type Timeout } from '../../util/timeout';
import { FutureCore, isDone } from './future_core';

const bindResult = bindTimeout('result');
const bindException = bindTimeout('exception');

/**
 * The result of a call that an executor runs: there now or later.
 *
 * As in Python, except that `result` and `exception` return promises. Not thenable, so that an `async` function can
 * return one without waiting for it. Made by `Executor.submit`; made by `new Future()`, somebody has to set its result.
 *
 * @example
 * const future = new Future<number>();
 * future.add_done_callback((done) => console.log(String(done))); // <Future at 0x… state=finished returned number>
 * setTimeout(() => future.set_result(4), 100);
 * console.log(await future.result(10)); // 4
 */
export class Future<T> extends FutureCore<T> {
  /** Who asked for the result or the exception. */
  #waiters: Few<() => void> = null;

  /**
   * What the call returned, when it is done.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one. It may still come: ask again.
   * @throws CancelledError when it is cancelled.
   * @throws whatever the call threw.
   */
  result(timeout?: Timeout): Promise<T> {
    return this.#whenDone(bindResult, timeout, () => this.takeResult());
  }

  /**
   * What the call threw, when it is done; `null` if it returned.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. Left out: for ever.
   * @throws TimeoutError when it is not done in time: Python's builtin one.
   * @throws CancelledError when it is cancelled.
   */
  exception(timeout?: Timeout): Promise<unknown> {
    return this.#whenDone(bindException, timeout, () => this.takeException());
  }

  protected override get awaits(): boolean {
    return true;
  }

  protected override wake(): void {
    const waiters = this.#waiters;
    this.#waiters = null;
    forEach(waiters, (wake) => wake());
  }

  /** What `take` gives when it is done; rejects if that takes too long. */
  #whenDone<V>(bind: typeof bindResult, timeout: Timeout | undefined, take: () => V): Promise<V> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        try {
          resolve(take());
        } catch (error) {
          reject(error);
        }
      };
      const seconds = bind(timeout);
      if (isDone(this)) give();
      else if (seconds === null) this.#waiters = withOne(this.#waiters, give);
      else if (seconds <= 0) reject(new TimeoutError());
      else {
        const stop = after(seconds, () => {
          this.#waiters = without(this.#waiters, wake);
          reject(new TimeoutError());
        });
        const wake = (): void => {
          stop();
          give();
        };
        this.#waiters = withOne(this.#waiters, wake);
      }
    });
  }
}
