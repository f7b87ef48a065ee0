import type { BarrierAction } from '../synchronize/barrier';
import type { PoolOptions } from '../pool/types';
import { signature } from '../util/keywords';
import { BaseManager } from './base_manager';
import type { BaseProxy } from './base_proxy';
import { AcquirerProxy } from './proxies/acquirer_proxy';
import { iterableArgument } from './proxies/arguments';
import { ArrayProxy } from './proxies/array_proxy';
import { BarrierProxy } from './proxies/barrier_proxy';
import { ConditionProxy } from './proxies/condition_proxy';
import { DictProxy, type Pairs } from './proxies/dict_proxy';
import { EventProxy } from './proxies/event_proxy';
import { IteratorProxy } from './proxies/iterator_proxy';
import { ListProxy } from './proxies/list_proxy';
import { NamespaceProxy } from './proxies/namespace_proxy';
import { AsyncResultProxy, PoolProxy } from './proxies/pool_proxy';
import { QueueProxy } from './proxies/queue_proxy';
import { SetProxy } from './proxies/set_proxy';
import { ValueProxy } from './proxies/value_proxy';
import { array } from './referents/array';
import { Barrier } from './referents/barrier';
import { Condition } from './referents/condition';
import { dict } from './referents/dict';
import { Event } from './referents/event';
import { list } from './referents/list';
import { Lock, RLock } from './referents/mutex';
import { Namespace } from './referents/namespace';
import { Pool } from './referents/pool';
import { Queue } from './referents/queue';
import { BoundedSemaphore, Semaphore } from './referents/semaphore';
import { set } from './referents/set';
import { Value } from './referents/value';

const bindQueue = signature({ name: 'Queue', defaults: (): { maxsize: unknown } => ({ maxsize: 0 }) });
const bindSemaphore = signature({ name: 'Semaphore', defaults: (): { value: unknown } => ({ value: 1 }) });
const bindCondition = signature({ name: 'Condition', defaults: (): { lock: unknown } => ({ lock: null }) });
const bindBarrier = signature({
  name: 'Barrier',
  defaults: (): { parties: unknown; action: unknown; timeout: unknown } => ({
    parties: null,
    action: null,
    timeout: null,
  }),
  required: 1,
});
const bindPool = signature({
  name: 'Pool',
  defaults: (): Record<'processes' | 'initializer' | 'initargs' | 'maxtasksperchild', unknown> => ({
    processes: null,
    initializer: null,
    initargs: [],
    maxtasksperchild: null,
  }),
});

/**
 * A manager of all that threads share: Python's dicts, lists, queues, locks and the like. {@link Manager} makes one and
 * starts it.
 *
 * As in Python, locks and queues have the errors of `threading` and `queue`. With `set`, which Python has from 3.14 on.
 *
 * @example
 * await using manager = await new SyncManager().start();
 * const dict = await manager.dict({ a: 1 });
 */
export class SyncManager extends BaseManager {
  /** @param keywords - more pairs, whose keys are text. */
  dict<V>(
    pairs: Readonly<Record<string, V>>,
    keywords?: Readonly<Record<string, V>>,
  ): Promise<DictProxy<string, V>>;
  dict<K = unknown, V = unknown>(
    pairs?: Pairs<K, V> | null,
    keywords?: Readonly<Record<string, V>>,
  ): Promise<DictProxy<K, V>>;
  dict(pairs: unknown = null, keywords: object = {}): Promise<DictProxy> {
    return this._make('dict', pairs === null ? [] : [iterableArgument(pairs)], keywords);
  }

  /** @param items - anything that can be iterated, also a proxy. */
  list<T = unknown>(items?: Iterable<T> | BaseProxy | null): Promise<ListProxy<T>> {
    return this._make('list', items === undefined || items === null ? [] : [iterableArgument(items)]);
  }

  /** @param items - anything that can be iterated, also a proxy. */
  set<T = unknown>(items?: Iterable<T> | BaseProxy | null): Promise<SetProxy<T>> {
    return this._make('set', items === undefined || items === null ? [] : [iterableArgument(items)]);
  }

  /** @param attributes - what it has from the beginning. */
  Namespace(attributes: object = {}): Promise<NamespaceProxy> {
    return this._make('Namespace', [], attributes);
  }

  Lock(): Promise<AcquirerProxy> {
    return this._make('Lock', []);
  }

  RLock(): Promise<AcquirerProxy> {
    return this._make('RLock', []);
  }

  /** @param value - how many may have it. @default 1 */
  Semaphore(value?: number | { readonly value?: number }): Promise<AcquirerProxy>;
  Semaphore(...args: unknown[]): Promise<AcquirerProxy> {
    return this._make('Semaphore', [bindSemaphore(args).value]);
  }

  /** @param value - how many may have it. @default 1 */
  BoundedSemaphore(value?: number | { readonly value?: number }): Promise<AcquirerProxy>;
  BoundedSemaphore(...args: unknown[]): Promise<AcquirerProxy> {
    return this._make('BoundedSemaphore', [bindSemaphore(args).value]);
  }

  /** @param lock - a lock of the same manager. @default an RLock of its own */
  Condition(lock?: AcquirerProxy | { readonly lock?: AcquirerProxy | null } | null): Promise<ConditionProxy>;
  Condition(...args: unknown[]): Promise<ConditionProxy> {
    const { lock } = bindCondition(args);
    return this._make('Condition', lock === null ? [] : [lock]);
  }

  Event(): Promise<EventProxy> {
    return this._make('Event', []);
  }

  /**
   * @param parties - how many it waits for.
   * @param action - called in the server when all have come, before they go on.
   * @param timeout - seconds that `wait` waits at most, where it is not told otherwise. @default for ever
   */
  Barrier(
    parties: number,
    action?:
      BarrierAction | null | { readonly action?: BarrierAction | null; readonly timeout?: number | null },
    timeout?: number | null,
  ): Promise<BarrierProxy>;
  Barrier(...args: unknown[]): Promise<BarrierProxy> {
    const { parties, action, timeout } = bindBarrier(args);
    return this._make('Barrier', [parties, action, timeout]);
  }

  /** @param maxsize - so many items fit in. @default no bound */
  Queue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): Promise<QueueProxy<T>>;
  Queue(...args: unknown[]): Promise<QueueProxy> {
    return this._make('Queue', [bindQueue(args).maxsize]);
  }

  /** @param maxsize - so many items fit in. @default no bound */
  JoinableQueue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): Promise<QueueProxy<T>>;
  JoinableQueue(...args: unknown[]): Promise<QueueProxy> {
    return this._make('JoinableQueue', [bindQueue(args).maxsize]);
  }

  /** @param typecode - is not looked at, as in Python. */
  Value<T>(typecode: string, value: T): Promise<ValueProxy<T>> {
    return this._make('Value', [typecode, value]);
  }

  /**
   * @param typecode - one of `array.array`: `'i'`, `'d'` …
   * @param sequence - its values; or bytes, as they lie in memory.
   */
  Array<T = number>(typecode: string, sequence: Iterable<T>): Promise<ArrayProxy<T>> {
    return this._make('Array', [typecode, iterableArgument(sequence)]);
  }

  /** As `new Pool()`: its workers are children of the server. */
  Pool(options: PoolOptions): Promise<PoolProxy>;
  Pool(
    processes?: number | null,
    initializer?: PoolOptions['initializer'],
    initargs?: Iterable<unknown> | null,
    maxtasksperchild?: number | null,
  ): Promise<PoolProxy>;
  Pool(...args: unknown[]): Promise<PoolProxy> {
    const { processes, initializer, initargs, maxtasksperchild } = bindPool(args);
    return this._make('Pool', [processes, initializer, initargs, maxtasksperchild]);
  }
}

const create_method = false;
SyncManager.register('dict', { callable: dict, proxytype: DictProxy, create_method });
SyncManager.register('list', { callable: list, proxytype: ListProxy, create_method });
SyncManager.register('set', { callable: set, proxytype: SetProxy, create_method });
SyncManager.register('Namespace', { callable: Namespace, proxytype: NamespaceProxy, create_method });
SyncManager.register('Lock', { callable: Lock, proxytype: AcquirerProxy, create_method });
SyncManager.register('RLock', { callable: RLock, proxytype: AcquirerProxy, create_method });
SyncManager.register('Semaphore', { callable: Semaphore, proxytype: AcquirerProxy, create_method });
SyncManager.register('BoundedSemaphore', {
  callable: BoundedSemaphore,
  proxytype: AcquirerProxy,
  create_method,
});
SyncManager.register('Condition', { callable: Condition, proxytype: ConditionProxy, create_method });
SyncManager.register('Event', { callable: Event, proxytype: EventProxy, create_method });
SyncManager.register('Barrier', { callable: Barrier, proxytype: BarrierProxy, create_method });
SyncManager.register('Queue', { callable: Queue, proxytype: QueueProxy, create_method });
SyncManager.register('JoinableQueue', { callable: Queue, proxytype: QueueProxy, create_method });
SyncManager.register('Value', { callable: Value, proxytype: ValueProxy, create_method });
SyncManager.register('Array', { callable: array, proxytype: ArrayProxy, create_method });
SyncManager.register('Pool', { callable: Pool, proxytype: PoolProxy, create_method });
SyncManager.register('Iterator', { proxytype: IteratorProxy, create_method });
SyncManager.register('AsyncResult', { proxytype: AsyncResultProxy, create_method });
