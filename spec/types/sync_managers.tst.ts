import { describe, expect, test } from 'tstyche';
import {
  BaseManager,
  BaseProxy,
  MakeProxyType,
  Manager,
  SharedMemoryManager,
  type AcquirerProxy,
  type AsyncResultProxy,
  type DictProxy,
  type IteratorProxy,
  type ListProxy,
  type QueueProxy,
  type SyncManager,
} from 'multiprocessing-ts/sync/managers';
import type { ShareableList, SharedMemory } from 'multiprocessing-ts/sync/shared_memory';
import { Client, Listener, type Connection } from 'multiprocessing-ts/sync/connection';

declare const manager: SyncManager;

describe('managers that block', () => {
  test('Manager() is a started one', () => {
    expect(Manager()).type.toBe<SyncManager>();
  });

  test('containers know their items', () => {
    expect(manager.list([1, 2])).type.toBe<ListProxy<number>>();
    expect(manager.dict({ a: 1 })).type.toBe<DictProxy<string, number>>();
    expect(manager.dict(new Map([[1, 'a']]))).type.toBe<DictProxy<number, string>>();
    expect(manager.Queue<string>(3)).type.toBe<QueueProxy<string>>();
    expect(manager.Lock()).type.toBe<AcquirerProxy>();
  });

  test('items are read and set as properties', () => {
    const d = manager.dict<string, number>();
    // This project has `noUncheckedIndexedAccess`.
    // eslint-disable-next-line @typescript-eslint/dot-notation -- as users write it
    expect(d['a']).type.toBe<number | undefined>();
    expect(d.get('a')).type.toBe<number | null>();
    expect(d.get('a', 'none' as string)).type.toBe<number | string>();
    expect(d.keys()).type.toBe<string[]>();
    expect([...d]).type.toBe<string[]>();
    expect(d.__iter__()).type.toBe<IteratorProxy<string>>();
    const byNumber = manager.dict<number, string>();
    expect(byNumber[1]).type.toBe<string | undefined>();
    const l = manager.list([1, 2]);
    expect(l[0]).type.toBe<number | undefined>();
    expect(l.pop()).type.toBe<number>();
    expect([...l]).type.toBe<number[]>();
    const ns = manager.Namespace({ x: 1 });
    expect(ns.x).type.toBe<number>();
  });

  test('a class of proxies that block can be registered', () => {
    class Own extends BaseProxy {
      twice(): unknown {
        return this._callmethod('twice');
      }
    }
    BaseManager.register('Own', Object, Own);
    BaseManager.register('Own', Object, { proxytype: Own });
    BaseManager.register('Own', { proxytype: MakeProxyType('Own', ['twice']) });
    expect(BaseManager.register).type.not.toBeCallableWith('Own', Object, { proxytype: Map });
  });

  test('a pool knows what its functions give', () => {
    const pool = manager.Pool(2);
    expect(pool.map((x: number) => String(x), [1])).type.toBe<string[]>();
    expect(pool.apply_async((x: number) => x, [1])).type.toBe<AsyncResultProxy<number>>();
    expect(pool.apply_async((x: number) => x, [1]).get()).type.toBe<number>();
  });
});

test('memory comes at once', () => {
  const memory = new SharedMemoryManager();
  expect(memory.start()).type.toBe<SharedMemoryManager>();
  expect(memory.SharedMemory({ size: 8 })).type.toBe<SharedMemory>();
  expect(memory.ShareableList('ab')).type.toBe<ShareableList>();
});

test('sockets that block give connections', () => {
  expect(Client('/path')).type.toBe<Connection>();
  expect(new Listener().accept()).type.toBe<Connection>();
});
