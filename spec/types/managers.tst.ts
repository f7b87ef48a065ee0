import { describe, expect, test } from 'tstyche';
import {
  Manager,
  SharedMemoryManager,
  type AcquirerProxy,
  type ArrayProxy,
  type AsyncResultProxy,
  type DictProxy,
  type IteratorProxy,
  type ListProxy,
  type Attributes,
  type NamespaceProxy,
  type QueueProxy,
  type SetProxy,
  type SyncManager,
  type ValueProxy,
} from 'multiprocessing-ts/managers';
import type { ShareableList, SharedMemory } from 'multiprocessing-ts/shared_memory';

declare const manager: SyncManager;

describe('managers', () => {
  test('Manager() gives a started one', () => {
    expect(Manager()).type.toBe<Promise<SyncManager>>();
  });

  test('containers know their items', () => {
    expect(manager.list([1, 2])).type.toBe<Promise<ListProxy<number>>>();
    expect(manager.list<string>()).type.toBe<Promise<ListProxy<string>>>();
    expect(manager.dict<string, number>({ a: 1 })).type.toBe<Promise<DictProxy<string, number>>>();
    expect(manager.dict({ a: 1 })).type.toBe<Promise<DictProxy<string, number>>>();
    expect(manager.dict(new Map([[1, 'a']]))).type.toBe<Promise<DictProxy<number, string>>>();
    expect(manager.dict([['a', 1] as const])).type.toBe<Promise<DictProxy<'a', 1>>>();
    expect(manager.set(['a'])).type.toBe<Promise<SetProxy<string>>>();
    expect(manager.Queue<string>(3)).type.toBe<Promise<QueueProxy<string>>>();
    expect(manager.JoinableQueue<string>({ maxsize: 3 })).type.toBe<Promise<QueueProxy<string>>>();
    expect(manager.Value('i', 4)).type.toBe<Promise<ValueProxy<number>>>();
    expect(manager.Array('i', [1])).type.toBe<Promise<ArrayProxy>>();
    expect(manager.Namespace({ x: 1 })).type.toBe<Promise<NamespaceProxy & Attributes<{ x: number }>>>();
    expect<Awaited<Attributes<{ x: number }>['x']>>().type.toBe<number>();
    expect<NamespaceProxy & Attributes<{ x: number }>>().type.toBeAssignableTo<NamespaceProxy>();
  });

  test('what is read has to be awaited', () => {
    expect({} as Awaited<ReturnType<ListProxy<number>['at']>>).type.toBe<number>();
    expect({} as Awaited<ReturnType<ListProxy<number>['slice']>>).type.toBe<number[]>();
    expect({} as Awaited<ReturnType<DictProxy<string, number>['copy']>>).type.toBe<Map<string, number>>();
    expect({} as Awaited<ReturnType<DictProxy<string, number>['items']>>).type.toBe<[string, number][]>();
    expect({} as ValueProxy<number>['value']).type.toBe<Promise<number>>();
  });

  test('a missing key gives what stands for it', () => {
    const dict = {} as DictProxy<string, number>;
    expect(dict.get('a')).type.toBe<Promise<number | null>>();
    expect(dict.get('a', 'none')).type.toBe<Promise<number | string>>();
  });

  test('locks take keywords or positions', () => {
    const lock = {} as AcquirerProxy;
    expect(lock.acquire).type.toBeCallableWith(true, 1);
    expect(lock.acquire).type.toBeCallableWith({ timeout: 1 });
    expect(lock.acquire).type.not.toBeCallableWith({ block: true });
  });

  test('pools know what functions take and return', async () => {
    const pool = await manager.Pool(2);
    expect(pool.map((x: number) => String(x), [1])).type.toBe<Promise<string[]>>();
    expect(pool.apply((x: number) => x, [1])).type.toBe<Promise<number>>();
    expect(pool.apply_async((x: number) => x, [1])).type.toBe<Promise<AsyncResultProxy<number>>>();
    expect(pool.imap((x: number) => x, [1])).type.toBe<Promise<IteratorProxy<number>>>();
    expect(pool.map).type.not.toBeCallableWith((x: number) => x, ['a']);
  });

  test('memory comes as a promise of it', () => {
    const memory = new SharedMemoryManager();
    expect(memory.start()).type.toBe<Promise<SharedMemoryManager>>();
    expect(memory.SharedMemory(8)).type.toBe<Promise<SharedMemory>>();
    expect(memory.SharedMemory({ size: 8 })).type.toBe<Promise<SharedMemory>>();
    expect(memory.ShareableList([1, 'a', null])).type.toBe<Promise<ShareableList>>();
    expect(memory.SharedMemory).type.not.toBeCallableWith();
    expect(memory.ShareableList).type.not.toBeCallableWith([{}]);
  });
});
