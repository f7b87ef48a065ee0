import * as twin from '../../../managers/proxies/event_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';
import type { WaitKeywords } from '../../../managers/proxies/arguments';

const Base = blocking(twin.EventProxy) as unknown as Omit<typeof twin.EventProxy, 'prototype'> &
  (new (token: Token, options?: ProxyOptions) => Blocking<twin.EventProxy, 'wait'>);

/** Python's `threading.Event` in a server. */
export class EventProxy extends Base {
  /**
   * Waits until it is set; false after the timeout.
   *
   * @param timeout - seconds to wait at most. @default for ever
   */
  declare readonly wait: (timeout?: number | null | WaitKeywords) => boolean;
}

pair({ async: twin.EventProxy, sync: EventProxy as unknown as ProxyClass });
