import { go, type Course } from '../../util/eventual';
import { bindTimeout, type Timeout } from '../../util/timeout';
import { now } from '../../util/timers';
import { AcquirerProxy } from './acquirer_proxy';
import { timeoutOf, type WaitKeywords } from './arguments';

const bindWaitFor = bindTimeout('wait_for');

/**
 * Python's `threading.Condition` in a server.
 *
 * @example
 * const condition = await manager.Condition();
 * {
 *   await using _ = await condition.hold();
 *   await condition.wait_for(() => ready);
 * }
 */
export class ConditionProxy extends AcquirerProxy {
  static override readonly _exposed_: readonly string[] = [
    ...['acquire', 'locked', 'notify', 'notify_all', 'release', 'wait'],
  ];

  /**
   * Releases it, waits until it is notified, and acquires it again. Resolves to false after the timeout.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @throws RuntimeError if it is not held here.
   */
  wait(timeout?: number | null | WaitKeywords): Promise<boolean>;
  wait(...args: unknown[]): Promise<boolean> {
    return this._run(() => go(this.#waiting(args)));
  }

  *#waiting(args: readonly unknown[]): Course<boolean> {
    return (yield* this._waitAsHolder([timeoutOf(args)])) as boolean;
  }

  /** Wakes so many of those who wait. @throws RuntimeError if it is not held here. */
  notify(n = 1): Promise<void> {
    return this._run(() => go(this.#notifying('notify', [n])));
  }

  /** Wakes all who wait. @throws RuntimeError if it is not held here. */
  notify_all(): Promise<void> {
    return this._run(() => go(this.#notifying('notify_all', [])));
  }

  *#notifying(method: string, args: readonly unknown[]): Course<void> {
    yield* this._callAsHolder(method, args);
  }

  /**
   * Waits until the predicate, which is called here, gives something true. Resolves to what it gave last.
   *
   * @param predicate - called at once, and whenever it is notified; it may be async.
   * @param timeout - seconds to wait at most. @default for ever
   * @throws RuntimeError if it is not held here.
   */
  wait_for<T>(predicate: () => T | Promise<T>, timeout?: Timeout): Promise<T> {
    return this._run(() => go(this.#waitingFor(predicate, bindWaitFor(timeout))));
  }

  *#waitingFor<T>(predicate: () => T | Promise<T>, timeout: number | null): Course<T> {
    const end = timeout === null ? null : now() + timeout * 1000;
    let result = yield* this._given(predicate());
    while (!result) {
      const left = end === null ? null : (end - now()) / 1000;
      if (left !== null && left <= 0) break;
      yield* this.#waiting([left]);
      result = yield* this._given(predicate());
    }
    return result;
  }
}
