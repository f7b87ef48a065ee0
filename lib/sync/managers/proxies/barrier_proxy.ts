import * as twin from '../../../managers/proxies/barrier_proxy';
import type { ProxyOptions } from '../../../managers/proxy_options';
import type { ProxyClass } from '../../../managers/registry';
import type { Token } from '../../../managers/token';
import { pair } from '../../../managers/twins';
import { blocking, type Blocking } from './blocking';

const Base = blocking(twin.BarrierProxy) as unknown as Omit<typeof twin.BarrierProxy, 'prototype'> &
  (new (token: Token, options?: ProxyOptions) => Blocking<twin.BarrierProxy>);

/**
 * Python's `threading.Barrier` in a server. If a process ends that waits, the barrier breaks, where Python waits for
 * ever.
 *
 * @example
 * const barrier = manager.Barrier(2);
 * console.log(barrier.parties); // 2
 */
export class BarrierProxy extends Base {}

pair({ async: twin.BarrierProxy, sync: BarrierProxy as unknown as ProxyClass });
