import { isSpawning } from '../process/base_process';
import { clearInterval, setInterval } from '../util/timers';
import type { Address } from './address';
import type * as Auto from './auto_proxy';
import type { BaseProxy } from './base_proxy';
import { currentArrival } from './home';
import type { ProxyClass } from './registry';
import { Token } from './token';

/** What travels of a proxy. */
export interface ProxyState {
  readonly typeid: string;
  readonly address: Address;
  readonly id: string;
  /** `null`: one that is made for what is exposed. */
  readonly proxytype: ProxyClass | null;
  readonly exposed: readonly string[] | null;
  /** Only for a process that is being started: all others have to know it. */
  readonly authkey: string | null;
}

const auto = (): typeof Auto => require('./auto_proxy') as typeof Auto;

export function reduceProxy(proxy: BaseProxy): ProxyState {
  keep(proxy);
  const { typeid, address, id } = proxy._token;
  const isAuto = auto().isAutomatic(proxy);
  return {
    typeid,
    address,
    id,
    proxytype: isAuto ? null : (proxy.constructor as ProxyClass),
    exposed: isAuto ? proxy._exposed : null,
    authkey: isSpawning() ? proxy._home.authkey : null,
  };
}

export function rebuildProxy(state: ProxyState): BaseProxy {
  const { typeid, id, proxytype, exposed, authkey } = state;
  const home = currentArrival()?.homeOf(state.address) ?? null;
  const token = new Token(typeid, home?.address ?? state.address, id);
  const options = {
    exposed: exposed ?? [],
    ...(home === null ? {} : { home }),
    ...(authkey === null ? {} : { authkey: Buffer.from(authkey, 'hex') }),
  };
  return proxytype === null ? auto().autoProxy(token, options) : new proxytype(token, options);
}

// ------------------------------------------------------------- on its way

/**
 * What is on its way counts only once it has come: until then the proxy that was sent holds the object, even if
 * nobody else does. Nobody tells when that is; it is kept for one such time at least, and two at most.
 */
const WAY = 30_000;
let younger = new Set<BaseProxy>();
let older = new Set<BaseProxy>();
let timer: NodeJS.Timeout | null = null;

function keep(proxy: BaseProxy): void {
  younger.add(proxy);
  timer ??= setInterval(() => {
    older = younger;
    younger = new Set();
    if (older.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }, WAY).unref();
}
