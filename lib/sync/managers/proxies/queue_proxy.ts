import * as twin from '../../../managers/proxies/queue_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import type { QueueKeywords } from '../../../managers/proxies/arguments';

const Base = blocking(twin.QueueProxy) as unknown as Omit<typeof twin.QueueProxy, 'prototype'> &
  (new <T>(token: Token, options?: ProxyOptions) => Blocking<twin.QueueProxy<T>, 'put' | 'get'>);

/**
 * Python's `queue.Queue` in a server, which `JoinableQueue` is too. What a process that waits for an item would have got
 * when it died, others get.
 *
 * @example
 * const queue = manager.Queue();
 * queue.put('item');
 * console.log(queue.get()); // item
 */
export class QueueProxy<T = unknown> extends Base<T> {
  /**
   * Puts an item in.
   *
   * @param block - wait until there is room; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws Full if there was no room.
   */
  declare readonly put: {
    (item: T, keywords: QueueKeywords): void;
    (item: T, block?: boolean, timeout?: number | null): void;
  };

  /**
   * Takes the item out that has been in longest.
   *
   * @param block - wait until there is one; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws Empty if there was none.
   */
  declare readonly get: {
    (keywords: QueueKeywords): T;
    (block?: boolean, timeout?: number | null): T;
  };
}

pair({ async: twin.QueueProxy, sync: QueueProxy as unknown as ProxyClass });
