import { BaseProxy } from '../base_proxy';
import { timeoutOf, type WaitKeywords } from './arguments';

/**
 * Python's `threading.Barrier` in a server. If a process ends that waits, the barrier breaks, where Python waits for
 * ever.
 *
 * @example
 * const barrier = await manager.Barrier(2);
 * console.log(await barrier.parties); // 2
 */
export class BarrierProxy extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['__getattribute__', 'abort', 'reset', 'wait'];

  /**
   * Waits until all have come. Resolves to how many came before.
   *
   * @param timeout - seconds to wait at most, after which the barrier breaks. @default the barrier's own
   * @throws BrokenBarrierError if the barrier is broken, breaks, or is reset.
   */
  wait(timeout?: number | null | WaitKeywords): Promise<number>;
  wait(...args: unknown[]): Promise<number> {
    return this._run(() => this._calling('wait', [timeoutOf(args)])) as Promise<number>;
  }

  /** Breaks it. */
  abort(): Promise<void> {
    return this._tell('abort');
  }

  /** Begins anew; whoever waits rejects with a BrokenBarrierError. */
  reset(): Promise<void> {
    return this._tell('reset');
  }

  /** How many it waits for. */
  get parties(): Promise<number> {
    return this._callmethod('__getattribute__', ['parties']) as Promise<number>;
  }

  /** How many wait. */
  get n_waiting(): Promise<number> {
    return this._callmethod('__getattribute__', ['n_waiting']) as Promise<number>;
  }

  /** Does every `wait` reject, until it is reset? */
  get broken(): Promise<boolean> {
    return this._callmethod('__getattribute__', ['broken']) as Promise<boolean>;
  }
}
