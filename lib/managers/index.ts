/** Python's `multiprocessing.managers`. */
export { makeProxyType as MakeProxyType } from './auto_proxy';
export type { Proxied } from './auto_proxy';
export { BaseManager } from './base_manager';
export type { ManagerOptions } from './base_manager';
export { BaseProxy } from './base_proxy';
export type { ProxyLane } from './base_proxy';
export { currentCaller } from './caller';
export type { Caller } from './caller';
export { RemoteError } from './errors';
export type { Address } from './address';
export type { ProxyOptions } from './proxy_options';
export type { Maker, ProxyClass, RegisterKeywords } from './registry';
export type { Server } from './server/server';
export { Token } from './token';
