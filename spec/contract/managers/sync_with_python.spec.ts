import {
  BaseManager,
  SyncManager,
  type DictProxy,
  type ListProxy,
  type QueueProxy,
} from 'multiprocessing-ts/managers';
import { findPython, testWithPython } from '../../support/python';
import { all, excOf, soon } from '../support';
import { AUTHKEY, endAll, pythonClient, pythonServer, serving } from './support';

afterAll(endAll);

describe('a SyncManager in Node, for clients in Python', () => {
  let seen: Record<string, unknown> = {};

  beforeAll(async () => {
    if (findPython() === null) return;
    const { address } = serving(new SyncManager(['127.0.0.1', 0], AUTHKEY));
    seen = await pythonClient((address as [string, number])[1], [
      'sync_dict',
      'sync_list',
      'sync_queue',
      'sync_locks',
      'sync_condition',
      'sync_others',
    ]);
  });

  testWithPython('has dicts', () => {
    expect(seen.sync_dict).toEqual([
      ['3', 'a', 'c', 'inner'],
      [1, 2],
      true,
      true,
      4,
      { type: 'KeyError', text: "'nope'", args: "('nope',)" },
      ['3', 'a', 'c', 'inner'],
      5,
      7,
      "{'x': 1}",
    ]);
  });

  testWithPython('has lists', () => {
    const items = [8, 7, 'x', 4, 3, 9, 0];
    expect(seen.sync_list).toEqual([
      items,
      8,
      0,
      7,
      2,
      expect.objectContaining({ type: 'IndexError', text: 'list index out of range' }),
      items,
      [...items, 1],
      true,
      "[8, 7, 'x', 4, 3, 9, 0]",
    ]);
  });

  testWithPython('has queues', () => {
    expect(seen.sync_queue).toEqual([[{ job: 1 }, 'two', 'empty'], 'Full', 0, true]);
  });

  testWithPython('has locks, owned by threads', () => {
    expect(seen.sync_locks).toEqual([
      [false, 'got'],
      expect.objectContaining({ type: 'RuntimeError', text: 'release unlocked lock' }),
      expect.objectContaining({ type: 'RuntimeError', text: 'cannot release un-acquired lock' }),
    ]);
  });

  testWithPython('has conditions', () => {
    expect(seen.sync_condition).toEqual([
      true,
      expect.objectContaining({ type: 'RuntimeError', text: 'cannot wait on un-acquired lock' }),
    ]);
  });

  testWithPython('has the others', () => {
    expect(seen.sync_others).toEqual([
      1,
      [2],
      'Namespace(a=1, b=[2])',
      4,
      [5, 2],
      2,
      true,
      expect.objectContaining({ type: 'ValueError', text: 'Semaphore released too many times' }),
      0,
      1,
    ]);
  });
});

describe('a SyncManager in Python, for clients in Node', () => {
  let manager: SyncManager;

  beforeAll(async () => {
    if (findPython() === null) return;
    const { address } = await pythonServer('sync');
    manager = await soon(new SyncManager(address, AUTHKEY).connect());
  });

  testWithPython('has dicts', async () => {
    const dict: DictProxy = await manager.dict({ a: 1 }, { b: 2 });
    await dict.set('c', [1, new Map([['x', null]])]);
    expect(await dict.get('c')).toEqual([1, new Map([['x', null]])]);
    expect(await dict.has('a')).toBe(true);
    expect(await dict.delete('a')).toBe(true);
    expect(await dict.size()).toBe(2);
    expect(await dict.keys()).toEqual(['b', 'c']);
    expect(await excOf(() => dict.__getitem__('nope'))).toEqual({ type: 'KeyError', str: "'nope'" });
    await dict.set('inner', await manager.list([1]));
    const inner = (await dict.get('inner')) as ListProxy<number>;
    await inner.append(2);
    expect(await inner.copy().catch(() => inner._getvalue())).toEqual([1, 2]);
  });

  testWithPython('has iterators', async () => {
    const dict = await manager.dict({ a: 1, b: 2 });
    const keys = await dict.__iter__();
    expect(await all(keys)).toEqual(['a', 'b']);
  });

  testWithPython('has queues', async () => {
    const queue: QueueProxy = await manager.Queue(1);
    await queue.put('one');
    expect((await excOf(() => queue.put('two', false))).type).toBe('Full');
    expect(await queue.get()).toBe('one');
    expect((await excOf(() => queue.get(false))).type).toBe('Empty');
    const waiting = queue.get();
    await queue.put('three');
    expect(await soon(waiting)).toBe('three');
  });

  testWithPython('has locks', async () => {
    const lock = await manager.Lock();
    expect(await lock.acquire()).toBe(true);
    expect(await lock.acquire(false)).toBe(false);
    const waiting = lock.acquire();
    await lock.release();
    expect(await soon(waiting)).toBe(true);
    await lock.release();
    expect((await excOf(() => lock.release())).type).toBe('RuntimeError');
  });

  testWithPython('has locks that are acquired again by who has them', async () => {
    const lock = await manager.RLock();
    expect([await soon(lock.acquire()), await soon(lock.acquire())]).toEqual([true, true]);
    await lock.release();
    await lock.release();
    expect((await excOf(() => lock.release())).str).toBe('cannot release un-acquired lock');
  });

  testWithPython('has conditions', async () => {
    const condition = await manager.Condition();
    const list = await manager.list();
    await condition.acquire();
    const waiting = condition.wait(45);
    await soon(condition.acquire());
    await list.append(1);
    await condition.notify_all();
    await condition.release();
    expect(await soon(waiting)).toBe(true);
    await condition.release();
  });

  testWithPython('has the others', async () => {
    const event = await manager.Event();
    expect(await event.wait(0.01)).toBe(false);
    await event.set();
    expect(await event.is_set()).toBe(true);
    const value = await manager.Value('i', 3);
    await value.set(4);
    expect(await value.get()).toBe(4);
    const array = await manager.Array('i', [1, 2]);
    expect(await array.__len__()).toBe(2);
    const semaphore = await manager.BoundedSemaphore(1);
    expect((await excOf(() => semaphore.release())).str).toBe('Semaphore released too many times');
    expect(manager).toBeInstanceOf(BaseManager);
  });
});
