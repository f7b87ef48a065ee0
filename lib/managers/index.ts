/** Python's `multiprocessing.managers`. */
export { BaseManager } from './base_manager';
export type { ManagerOptions } from './base_manager';
export { BaseProxy, makeProxyType as MakeProxyType } from './base_proxy';
export type { ProxyLane } from './base_proxy';
export { currentCaller } from './caller';
export type { Caller } from './caller';
export { RemoteError } from './errors';
export type { Address } from './address';
export type { Proxied } from './proxied';
export type { ProxyOptions } from './proxy_options';
export type { Maker, ProxyClass, RegisterKeywords } from './registry';
export type { Server } from './server/server';
export { Token } from './token';
