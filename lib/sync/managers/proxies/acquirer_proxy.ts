import * as twin from '../../../managers/proxies/acquirer_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import type { AcquireKeywords } from '../../../managers/proxies/arguments';

const Base = blocking(twin.AcquirerProxy) as unknown as Omit<typeof twin.AcquirerProxy, 'prototype'> &
  (new (token: Token, options?: ProxyOptions) => Blocking<twin.AcquirerProxy, 'acquire' | 'hold'>);

/** Something that is held until it is disposed of. */
export interface HeldRemotely extends Disposable {
  /** Gives it back, once. */
  release(): void;
}

/** The same of a Condition. */
export function holding(lock: { acquire(): boolean; release(): void }): HeldRemotely {
  lock.acquire();
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    lock.release();
  };
  return { release, [Symbol.dispose]: release };
}

/**
 * A lock or a semaphore in a server: with the errors of Python's `threading`, where those of `multiprocessing` have
 * others. An RLock belongs to this thread.
 *
 * If the process that holds a lock dies, one of those who wait for it gets an `OwnerDiedError`, where Python waits for
 * ever.
 *
 * @example
 * const lock = manager.Lock();
 * {
 *   using _ = lock.hold();
 *   // one at a time
 * }
 */
export class AcquirerProxy extends Base {
  /**
   * Waits until it is acquired; false if it is not: at once without `blocking`, else after the timeout.
   *
   * @param blocking - wait for it; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws ValueError for a timeout without `blocking`, or a negative one of a lock.
   * @throws OwnerDiedError when its holder has died; it is free again then.
   */
  declare readonly acquire: {
    (keywords: AcquireKeywords): boolean;
    (blocking?: boolean, timeout?: number | null): boolean;
  };

  /** Python's `with lock:`: `using _ = lock.hold()`. */
  hold(): HeldRemotely {
    return holding(this);
  }
}

pair({ async: twin.AcquirerProxy, sync: AcquirerProxy as unknown as ProxyClass });
