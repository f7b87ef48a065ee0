import { BaseProxy } from '../base_proxy';
import { timeoutOf, type WaitKeywords } from './arguments';

/** Python's `threading.Event` in a server. */
export class EventProxy extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['clear', 'is_set', 'set', 'wait'];

  is_set(): Promise<boolean> {
    return this._callmethod('is_set') as Promise<boolean>;
  }

  /** Lets all go on who wait, and who come. */
  set(): Promise<void> {
    return this._tell('set');
  }

  clear(): Promise<void> {
    return this._tell('clear');
  }

  /**
   * Waits until it is set. Resolves to false after the timeout.
   *
   * @param timeout - seconds to wait at most. @default for ever
   */
  wait(timeout?: number | null | WaitKeywords): Promise<boolean>;
  wait(...args: unknown[]): Promise<boolean> {
    return this._run(() => this._calling('wait', [timeoutOf(args)])) as Promise<boolean>;
  }
}
