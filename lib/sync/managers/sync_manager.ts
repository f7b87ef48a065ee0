import type { ProxyClass } from '../../managers/registry';
import { asked, registerTypes, type SharedTypes } from '../../managers/shared_types';
import type { PoolOptions } from '../../pool/types';
import type { BarrierAction } from '../../synchronize/barrier';
import { BaseManager } from './base_manager';
import type { BaseProxy } from './proxies/base_proxy';
import { AcquirerProxy } from './proxies/acquirer_proxy';
import { ArrayProxy } from './proxies/array_proxy';
import { BarrierProxy } from './proxies/barrier_proxy';
import { ConditionProxy } from './proxies/condition_proxy';
import { DictProxy } from './proxies/dict_proxy';
import { EventProxy } from './proxies/event_proxy';
import { IteratorProxy } from './proxies/iterator_proxy';
import { keyOf } from './proxies/items';
import { ListProxy } from './proxies/list_proxy';
import { NamespaceProxy } from './proxies/namespace_proxy';
import { AsyncResultProxy, PoolProxy } from './proxies/pool_proxy';
import { QueueProxy } from './proxies/queue_proxy';
import { SetProxy } from './proxies/set_proxy';
import { ValueProxy } from './proxies/value_proxy';

/** What a dict is made of, or updated from. */
export type Pairs<K, V> =
  ReadonlyMap<K, V> | Iterable<readonly [K, V]> | Readonly<Record<string, V>> | BaseProxy;

/** The keys of a plain object are read as those of `d[key]` are. */
function withKeys(pairs: unknown): unknown {
  const prototype: unknown =
    typeof pairs === 'object' && pairs !== null ? Object.getPrototypeOf(pairs) : null;
  if (prototype !== Object.prototype) return pairs;
  return new Map(Object.entries(pairs as object).map(([key, value]) => [keyOf(key), value as unknown]));
}

/**
 * A manager of all that threads share: Python's dicts, lists, queues, locks and the like. {@link Manager} makes one and
 * starts it.
 *
 * As in Python, locks and queues have the errors of `threading` and `queue`. With `set`, which Python has from 3.14 on.
 *
 * @example
 * using manager = new SyncManager().start();
 * const dict = manager.dict({ a: 1 });
 */
export class SyncManager extends BaseManager {
  /** @param keywords - more pairs, whose keys are text. */
  dict<V>(pairs: Readonly<Record<string, V>>, keywords?: Readonly<Record<string, V>>): DictProxy<string, V>;
  dict<K = unknown, V = unknown>(
    pairs?: Pairs<K, V> | null,
    keywords?: Readonly<Record<string, V>>,
  ): DictProxy<K, V>;
  dict(pairs?: unknown, keywords?: object): never {
    return this._make(...asked.dict(withKeys(pairs), keywords));
  }

  /** @param items - anything that can be iterated, also a proxy. */
  list<T = unknown>(items?: Iterable<T> | BaseProxy | null): ListProxy<T> {
    return this._make(...asked.list(items));
  }

  /** @param items - anything that can be iterated, also a proxy. */
  set<T = unknown>(items?: Iterable<T> | BaseProxy | null): SetProxy<T> {
    return this._make(...asked.set(items));
  }

  /** @param attributes - what it has from the beginning. */
  Namespace<T extends object = object>(attributes?: T): NamespaceProxy & T {
    return this._make(...asked.Namespace(attributes));
  }

  Lock(): AcquirerProxy {
    return this._make('Lock', []);
  }

  RLock(): AcquirerProxy {
    return this._make('RLock', []);
  }

  /** @param value - how many may have it. @default 1 */
  Semaphore(value?: number | { readonly value?: number }): AcquirerProxy;
  Semaphore(...args: unknown[]): AcquirerProxy {
    return this._make(...asked.Semaphore(args));
  }

  /** @param value - how many may have it. @default 1 */
  BoundedSemaphore(value?: number | { readonly value?: number }): AcquirerProxy;
  BoundedSemaphore(...args: unknown[]): AcquirerProxy {
    return this._make(...asked.BoundedSemaphore(args));
  }

  /** @param lock - a lock of the same manager. @default an RLock of its own */
  Condition(lock?: AcquirerProxy | { readonly lock?: AcquirerProxy | null } | null): ConditionProxy;
  Condition(...args: unknown[]): ConditionProxy {
    return this._make(...asked.Condition(args));
  }

  Event(): EventProxy {
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
  ): BarrierProxy;
  Barrier(...args: unknown[]): BarrierProxy {
    return this._make(...asked.Barrier(args));
  }

  /** @param maxsize - so many items fit in. @default no bound */
  Queue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): QueueProxy<T>;
  Queue(...args: unknown[]): QueueProxy {
    return this._make(...asked.Queue(args));
  }

  /** @param maxsize - so many items fit in. @default no bound */
  JoinableQueue<T = unknown>(maxsize?: number | { readonly maxsize?: number }): QueueProxy<T>;
  JoinableQueue(...args: unknown[]): QueueProxy {
    return this._make(...asked.JoinableQueue(args));
  }

  /** @param typecode - is not looked at, as in Python. */
  Value<T>(typecode: string, value: T): ValueProxy<T> {
    return this._make(...asked.Value(typecode, value));
  }

  /**
   * @param typecode - one of `array.array`: `'i'`, `'d'` …
   * @param sequence - its values; or bytes, as they lie in memory.
   */
  Array<T = number>(typecode: string, sequence: Iterable<T>): ArrayProxy<T> {
    return this._make(...asked.Array(typecode, sequence));
  }

  /** As `new Pool()`: its workers are children of the server. */
  Pool(options: PoolOptions): PoolProxy;
  Pool(
    processes?: number | null,
    initializer?: PoolOptions['initializer'],
    initargs?: Iterable<unknown> | null,
    maxtasksperchild?: number | null,
  ): PoolProxy;
  Pool(...args: unknown[]): PoolProxy {
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
} as unknown as Record<keyof SharedTypes, ProxyClass>);
