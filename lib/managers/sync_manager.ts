import type { BarrierAction } from '../synchronize/barrier';
import type { PoolOptions } from '../pool/types';
import { BaseManager } from './base_manager';
import type { BaseProxy } from './base_proxy';
import { AcquirerProxy } from './proxies/acquirer_proxy';
import { ArrayProxy } from './proxies/array_proxy';
import { BarrierProxy } from './proxies/barrier_proxy';
import { ConditionProxy } from './proxies/condition_proxy';
import { DictProxy, type Pairs } from './proxies/dict_proxy';
import { EventProxy } from './proxies/event_proxy';
import { IteratorProxy } from './proxies/iterator_proxy';
import { ListProxy } from './proxies/list_proxy';
import { NamespaceProxy, type Attributes } from './proxies/namespace_proxy';
import { AsyncResultProxy, PoolProxy } from './proxies/pool_proxy';
import { QueueProxy } from './proxies/queue_proxy';
import { SetProxy } from './proxies/set_proxy';
import { ValueProxy } from './proxies/value_proxy';
import { asked, registerTypes } from './shared_types';

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
  dict(pairs?: unknown, keywords?: object): Promise<DictProxy> {
    return this._make(...asked.dict(pairs, keywords));
  }

  /** @param items - anything that can be iterated, also a proxy. */
  list<T = unknown>(items?: Iterable<T> | BaseProxy | null): Promise<ListProxy<T>> {
    return this._make(...asked.list(items));
  }

  /** @param items - anything that can be iterated, also a proxy. */
  set<T = unknown>(items?: Iterable<T> | BaseProxy | null): Promise<SetProxy<T>> {
    return this._make(...asked.set(items));
  }

  /** @param attributes - what it has from the beginning. */
  Namespace<T extends object = object>(attributes?: T): Promise<NamespaceProxy & Attributes<T>> {
    return this._make(...asked.Namespace(attributes));
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
    return this._make(...asked.Semaphore(args));
  }

  /** @param value - how many may have it. @default 1 */
  BoundedSemaphore(value?: number | { readonly value?: number }): Promise<AcquirerProxy>;
  BoundedSemaphore(...args: unknown[]): Promise<AcquirerProxy> {
    return this._make(...asked.BoundedSemaphore(args));
  }

  /** @param lock - a lock of the same manager. @default an RLock of its own */
  Condition(lock?: AcquirerProxy | { readonly lock?: AcquirerProxy | null } | null): Promise<ConditionProxy>;
  Condition(...args: unknown[]): Promise<ConditionProxy> {
    return this._make(...asked.Condition(args));
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
    return this._make(...asked.Barrier(args));
  }

  /** @param maxsize - so many items fit in. @default no bound */
  Queue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): Promise<QueueProxy<T>>;
  Queue(...args: unknown[]): Promise<QueueProxy> {
    return this._make(...asked.Queue(args));
  }

  /** @param maxsize - so many items fit in. @default no bound */
  JoinableQueue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): Promise<QueueProxy<T>>;
  JoinableQueue(...args: unknown[]): Promise<QueueProxy> {
    return this._make(...asked.JoinableQueue(args));
  }

  /** @param typecode - is not looked at, as in Python. */
  Value<T>(typecode: string, value: T): Promise<ValueProxy<T>> {
    return this._make(...asked.Value(typecode, value));
  }

  /**
   * @param typecode - one of `array.array`: `'i'`, `'d'` …
   * @param sequence - its values; or bytes, as they lie in memory.
   */
  Array<T = number>(typecode: string, sequence: Iterable<T>): Promise<ArrayProxy<T>> {
    return this._make(...asked.Array(typecode, sequence));
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
    return this._make(...asked.Pool(args));
  }
}

registerTypes(SyncManager, {
  dict: DictProxy,
  list: ListProxy,
  set: SetProxy,
  Namespace: NamespaceProxy,
  Lock: AcquirerProxy,
  RLock: AcquirerProxy,
  Semaphore: AcquirerProxy,
  BoundedSemaphore: AcquirerProxy,
  Condition: ConditionProxy,
  Event: EventProxy,
  Barrier: BarrierProxy,
  Queue: QueueProxy,
  JoinableQueue: QueueProxy,
  Value: ValueProxy,
  Array: ArrayProxy,
  Pool: PoolProxy,
  Iterator: IteratorProxy,
  AsyncResult: AsyncResultProxy,
});
