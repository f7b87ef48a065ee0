/** Python's `multiprocessing.managers`, with calls that block. */
import { checkBlocking } from '../../engine/blocking';

export { BaseManager } from './base_manager';
export { Manager } from './manager';
export { BaseProxy, MakeProxyType } from './proxies/base_proxy';
export { AcquirerProxy } from './proxies/acquirer_proxy';
export type { HeldRemotely } from './proxies/acquirer_proxy';
export { ArrayProxy } from './proxies/array_proxy';
export { BarrierProxy } from './proxies/barrier_proxy';
export { ConditionProxy } from './proxies/condition_proxy';
export { DictProxy } from './proxies/dict_proxy';
export { EventProxy } from './proxies/event_proxy';
export { IteratorProxy } from './proxies/iterator_proxy';
export { ListProxy } from './proxies/list_proxy';
export { NamespaceProxy } from './proxies/namespace_proxy';
export { AsyncResultProxy, PoolProxy } from './proxies/pool_proxy';
export { QueueProxy } from './proxies/queue_proxy';
export { SetProxy } from './proxies/set_proxy';
export { ValueProxy } from './proxies/value_proxy';
export { SharedMemoryManager } from './shared_memory_manager';
export { SyncManager } from './sync_manager';
export type { Pairs } from './sync_manager';
export type { Proxied } from './proxied';
export type { Server } from './server';
export { currentCaller } from '../../managers/caller';
export type { Caller } from '../../managers/caller';
export { RemoteError } from '../../managers/errors';
export type { ManagerOptions } from '../../managers/manager_core';
export type { AcquireKeywords, QueueKeywords, WaitKeywords } from '../../managers/proxies/arguments';
export type { SortKeywords } from '../../managers/proxies/list_proxy';
export { Namespace } from '../../managers/referents/namespace';
export { Slice } from '../../managers/slice';
export type { Address } from '../../managers/address';
export type { ProxyOptions } from '../../managers/proxy_options';
export type { Maker, ProxyType as ProxyClass, RegisterKeywords } from '../../managers/registry';
export { Token } from '../../managers/token';

checkBlocking();
