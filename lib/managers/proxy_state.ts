import { clearInterval, setInterval } from '../util/timers';
import type { Address } from './address';
import type { ProxyClass } from './registry';

/** What travels of a proxy. */
export interface ProxyState {
  readonly typeid: string;
  readonly address: Address;
  readonly id: string;
  /** `null`: one that is made for what is exposed. */
  readonly proxytype: ProxyClass | null;
  /** What one that is made extends; `null`: that of whoever receives it. */
  readonly base: ProxyClass | null;
  readonly exposed: readonly string[] | null;
  /** In hex; only for a process that is being started: all others have to know it. */
  readonly authkey: string | null;
}

/** What the codecs need to know of proxies, which stand above them: said by base_proxy.ts. */
export interface ProxyWays {
  /** `null` for what is no proxy. */
  stateOf(value: object): ProxyState | null;
  rebuild(state: ProxyState): object;
}

let ways: ProxyWays | null = null;

export function setProxyWays(given: ProxyWays): void {
  ways = given;
}

export const proxyWays = (): ProxyWays => ways as ProxyWays;

// ------------------------------------------------------------- on its way

/**
 * What is on its way counts only once it has come: until then the proxy that was sent holds the object, even if
 * nobody else does. Nobody tells when that is; it is kept for one such time at least, and two at most.
 */
const WAY = 30_000;
let younger = new Set<object>();
let older = new Set<object>();
let timer: NodeJS.Timeout | null = null;

export function keepOnItsWay(proxy: object): void {
  younger.add(proxy);
  timer ??= setInterval(() => {
    older = younger;
    younger = new Set();
    if (older.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }, WAY).unref();
}
