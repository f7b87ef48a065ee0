import * as twin from '../../../managers/proxies/condition_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import type { Timeout } from '../../../util/timeout';
import { blocking, type Blocking } from './blocking';
import type { AcquireKeywords, WaitKeywords } from '../../../managers/proxies/arguments';
import { holding, type HeldRemotely } from './acquirer_proxy';

const Base = blocking(twin.ConditionProxy) as unknown as Omit<typeof twin.ConditionProxy, 'prototype'> &
  (new (
    token: Token,
    options?: ProxyOptions,
  ) => Blocking<twin.ConditionProxy, 'acquire' | 'hold' | 'wait' | 'wait_for'>);

/**
 * Python's `threading.Condition` in a server.
 *
 * @example
 * const condition = manager.Condition();
 * {
 *   using _ = condition.hold();
 *   condition.wait_for(() => ready.value);
 * }
 */
export class ConditionProxy extends Base {
  /** As that of a lock. */
  declare readonly acquire: {
    (keywords: AcquireKeywords): boolean;
    (blocking?: boolean, timeout?: number | null): boolean;
  };

  /**
   * Releases it, waits until it is notified, and acquires it again; false after the timeout.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @throws RuntimeError if it is not held here.
   */
  declare readonly wait: (timeout?: number | null | WaitKeywords) => boolean;

  /**
   * Waits until the predicate, which is called here, gives something true; gives what it gave last.
   *
   * @param predicate - called at once, and whenever it is notified.
   * @param timeout - seconds to wait at most. @default for ever
   * @throws RuntimeError if it is not held here; TypeError for a predicate that is async.
   */
  declare readonly wait_for: <T>(predicate: () => T, timeout?: Timeout) => T;

  /** Python's `with condition:`: `using _ = condition.hold()`. */
  hold(): HeldRemotely {
    return holding(this);
  }
}

pair({ async: twin.ConditionProxy, sync: ConditionProxy as unknown as ProxyClass });
