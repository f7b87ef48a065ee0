/**
 * CPython's own tests of what a SyncManager shares (Lib/test/_test_multiprocessing.py), under their names: once with
 * servers and children that are processes, once as threads.
 */
import { get_context, type Pool } from 'multiprocessing-ts';
import { RuntimeError } from 'multiprocessing-ts/builtins';
import { SyncManager } from 'multiprocessing-ts/managers';
import type {
  AcquirerProxy,
  ArrayProxy,
  BarrierProxy,
  ConditionProxy,
  DictProxy,
  EventProxy,
  ListProxy,
  NamespaceProxy,
  PoolProxy,
  QueueProxy,
  SetProxy,
  ValueProxy,
} from 'multiprocessing-ts/managers';
import { managersOf } from '../managers/facades';
import { soon } from '../support';

const indices = [65, 66, 67, 68, 69];
const range = (stop: number): number[] => Array.from({ length: stop }, (_, i) => i);

describe.each([
  ['spawn', 'async'],
  ['thread', 'async'],
  ['spawn', 'sync'],
] as const)('with %s (%s)', (method, facade) => {
  const context = get_context(method);
  let manager: SyncManager;
  beforeAll(async () => {
    manager = await soon(new (managersOf(facade).SyncManager)({ ctx: context }).start());
  });
  afterAll(async () => {
    await manager.shutdown();
  });

  describe('TestSyncManagerTypes', () => {
    async function run_worker<T>(worker: (obj: T) => Promise<unknown>, obj: T): Promise<void> {
      const process = new context.Process({
        target: worker,
        args: [obj],
        daemon: true,
      });
      process.start();
      await soon(process.join());
      expect(process.exitcode).toBe(0);
    }

    test('test_event', async () => {
      const o = await manager.Event();
      await o.set();
      await run_worker(async (obj: EventProxy) => {
        if (!(await obj.is_set())) throw new Error('not set');
        await obj.wait();
        await obj.clear();
        await obj.wait(0.001);
      }, o);
      expect(await o.is_set()).toBe(false);
      expect(await o.wait(0.001)).toBe(false);
    });

    test('test_lock', async () => {
      const o = await manager.Lock();
      await run_worker((obj: AcquirerProxy) => obj.acquire(), o);
      await o.release();
      await expect(async () => o.release()).rejects.toThrow(RuntimeError); // already released
    });

    test('test_rlock', async () => {
      const o = await manager.RLock();
      await run_worker(async (obj: AcquirerProxy) => {
        await obj.acquire();
        await obj.release();
      }, o);
      expect(await o.locked()).toBe(false);
    });

    test.each(['Semaphore', 'BoundedSemaphore'] as const)('test_semaphore (%s)', async (name) => {
      const o = await manager[name]();
      await run_worker((obj: AcquirerProxy) => obj.acquire(), o);
      expect(await o.acquire(false)).toBe(false);
      await o.release();
    });

    test('test_condition', async () => {
      const o = await manager.Condition();
      await run_worker(async (obj: ConditionProxy) => {
        await obj.acquire();
        await obj.release();
      }, o);
      expect(await o.acquire(false)).toBe(true);
      await o.release();
    });

    test('test_barrier', async () => {
      const o = await manager.Barrier(5);
      await run_worker(async (obj: BarrierProxy) => {
        if ((await obj.parties) !== 5) throw new Error('parties');
        await obj.reset();
      }, o);
      expect(await o.broken).toBe(false);
    });

    test('test_pool', async () => {
      const o = await manager.Pool({ processes: 4 });
      await run_worker(async (obj: PoolProxy) => {
        await obj.terminate();
      }, o);
      await expect(async () => o.apply(() => 1)).rejects.toThrow('Pool not running');
    });

    test.each(['Queue', 'JoinableQueue'] as const)('test_queue (%s)', async (name) => {
      const o = await manager[name](2);
      await o.put(5);
      await o.put(6);
      await run_worker(async (obj: QueueProxy) => {
        const seen = [
          await obj.qsize(),
          await obj.full(),
          await obj.empty(),
          await obj.get(),
          await obj.empty(),
          await obj.get(),
          await obj.empty(),
        ];
        if (JSON.stringify(seen) !== '[2,true,false,5,false,6,true]') throw new Error(JSON.stringify(seen));
      }, o);
      expect(await o.empty()).toBe(true);
      expect(await o.full()).toBe(false);
    });

    test('test_list', async () => {
      const o = await manager.list<number>();
      await o.append(5);
      await run_worker(async (obj: ListProxy<number>) => {
        const seen = [await obj.at(0), await obj.count(5), await obj.index(5)];
        await obj.sort();
        await obj.reverse();
        for await (const x of obj) seen.push(x);
        seen.push(await obj.length(), (await obj.copy()).length);
        await obj.clear();
        await obj.append(5);
        seen.push(await obj.pop(0));
        if (JSON.stringify(seen) !== '[5,1,0,5,1,1,5]') throw new Error(JSON.stringify(seen));
      }, o);
      expect(await o.length()).toBe(0);
    });

    test('test_dict', async () => {
      const o = await manager.dict<string, number>();
      await o.set('foo', 5);
      await run_worker(async (obj: DictProxy<string, number>) => {
        const seen = [
          await obj.size(),
          await obj.__getitem__('foo'),
          await obj.get('foo'),
          await obj.items(),
          await obj.keys(),
          await obj.values(),
          [...(await obj.copy())],
          await obj.__reversed__(),
          [...(await obj.__or__({ bar: 6 }))],
          [...(await obj.fromkeys(['a'], 1))],
          await obj.popitem(),
        ];
        const expected =
          '[1,5,5,[["foo",5]],["foo"],[5],[["foo",5]],["foo"],[["foo",5],["bar",6]],[["a",1]],["foo",5]]';
        if (JSON.stringify(seen) !== expected) throw new Error(JSON.stringify(seen));
      }, o);
      expect(await o.size()).toBe(0);
    });

    test('test_value', async () => {
      const o = await manager.Value('i', 1);
      await run_worker(async (obj: ValueProxy<number>) => {
        if ((await obj.value) !== 1 || (await obj.get()) !== 1) throw new Error('value');
        await obj.set(2);
      }, o);
      expect(await o.value).toBe(2);
      expect(await o.get()).toBe(2);
    });

    test('test_array', async () => {
      const o = await manager.Array('i', [0, 1]);
      await run_worker(async (obj: ArrayProxy) => {
        const seen = [await obj.at(0), await obj.at(1), await obj.length(), await obj.slice()];
        for await (const x of obj) seen.push(x);
        if (JSON.stringify(seen) !== '[0,1,2,[0,1],0,1]') throw new Error(JSON.stringify(seen));
        await obj.set(0, 5);
      }, o);
      expect(await o.str()).toBe("array('i', [5, 1])");
    });

    test('test_namespace', async () => {
      const o = await manager.Namespace();
      o.x = 0;
      o.y = 1;
      await o._flush();
      await run_worker(async (obj: NamespaceProxy) => {
        if ((await obj.x) !== 0 || (await obj.y) !== 1) throw new Error('namespace');
      }, o);
      expect(await o.str()).toBe('Namespace(x=0, y=1)');
    });

    test('test_set', async () => {
      const o = await manager.set<string>();
      await run_worker(async (obj: SetProxy<string>) => {
        await obj.update(['a', 'b']);
        await obj.add('c');
      }, o);
      expect(await o.copy()).toEqual(new Set(['a', 'b', 'c']));
      expect(await o.size()).toBe(3);
      await expect(async () => o.remove('d')).rejects.toThrow("'d'");
      await o.clear();
      expect(await o.has('a')).toBe(false);
    });
  });

  describe('_TestContainers', () => {
    test('test_list', async () => {
      const a: ListProxy = await manager.list(range(10));
      expect(await a.slice()).toEqual(range(10));

      let b = await manager.list<number>();
      expect(await b.slice()).toEqual([]);
      await b.extend(range(5));
      expect(await b.slice()).toEqual(range(5));
      expect(await b.at(2)).toBe(2);
      expect(await b.slice(2, 10)).toEqual([2, 3, 4]);

      b = await b.__imul__(2);
      expect(await b.slice()).toEqual([...range(5), ...range(5)]);
      expect(await b.__add__([5, 6])).toEqual([...range(5), ...range(5), 5, 6]);
      expect(await a.slice()).toEqual(range(10));

      const e = await manager.list<ListProxy>([a, b]);
      const elements: unknown[] = [];
      for await (const element of e) elements.push(await element.slice());
      expect(elements).toEqual([range(10), [...range(5), ...range(5)]]);

      const f = await manager.list<ListProxy>([a]);
      await a.append('hello');
      expect(await (await f.at(0)).slice()).toEqual([...range(10), 'hello']);
    });

    test('test_list_iter', async () => {
      const a = await manager.list(range(10));
      const iterate = (): AsyncGenerator<number> =>
        facade === 'async'
          ? a[Symbol.asyncIterator]()
          : (a as unknown as { [Symbol.iterator](): AsyncGenerator<number> })[Symbol.iterator]();
      const it = iterate();
      const seen: number[] = [];
      for await (const x of it) seen.push(x);
      expect(seen).toEqual(range(10));
      expect(await it.next()).toEqual({ value: undefined, done: true }); // exhausted
      // list modified during iteration
      const again = iterate();
      await a.set(0, 100);
      expect(await again.next()).toEqual({ value: 100, done: false });
    });

    test('test_list_proxy_in_list', async () => {
      const inner = await Promise.all(range(3).map(() => manager.list(range(3))));
      const a = await manager.list<ListProxy<number>>(inner);
      for await (const each of a) expect(await each.slice()).toEqual([0, 1, 2]);

      await (await a.at(0)).set(-1, 55);
      expect(await (await a.at(0)).slice()).toEqual([0, 1, 55]);
      for (const i of [1, 2]) expect(await (await a.at(i)).slice()).toEqual([0, 1, 2]);

      expect(await (await a.at(1)).pop()).toBe(2);
      expect(await (await a.at(1)).length()).toBe(2);
      for (const i of [0, 2]) expect(await (await a.at(i)).length()).toBe(3);

      const b = await manager.list<ListProxy>();
      await b.append(b);
      expect(await (await b.at(0)).length()).toBe(1);
    });

    test('test_dict', async () => {
      const d = await manager.dict<number, string>();
      for (const i of indices) await d.set(i, String.fromCharCode(i));
      const pairs = indices.map((i): [number, string] => [i, String.fromCharCode(i)]);
      expect(await d.copy()).toEqual(new Map(pairs));
      expect(await d.keys()).toEqual(indices);
      expect(await d.values()).toEqual(pairs.map(([, value]) => value));
      expect((await d.items()).map((pair) => [...pair])).toEqual(pairs);
    });

    test('test_dict_iter', async () => {
      const d = await manager.dict<number, string>(new Map(indices.map((i) => [i, String.fromCharCode(i)])));
      const it = await d.__iter__();
      const seen: number[] = [];
      for await (const key of it) seen.push(key);
      expect(seen).toEqual(indices);
      expect(await it.next()).toEqual({ value: undefined, done: true }); // exhausted
      // dictionary changed size during iteration
      const again = await d.__iter__();
      await d.clear();
      await expect(async () => again.__next__()).rejects.toThrow(
        new RuntimeError('dictionary changed size during iteration'),
      );
    });

    test('test_dict_proxy_nested', async () => {
      type Stock = DictProxy<string, number>;
      const pets: Stock = await manager.dict({ ferrets: 2, hamsters: 4 });
      const supplies: Stock = await manager.dict({ water: 10, feed: 3 });
      const d = await manager.dict<string, Stock>({ pets, supplies });
      const inner = (name: string): Promise<Stock> => d.__getitem__(name);

      expect(await (await inner('supplies')).get('water')).toBe(10);
      await (await inner('supplies')).set('blankets', 5);
      expect(await supplies.get('blankets')).toBe(5);
      await (await inner('supplies')).set('water', 7);
      expect(await supplies.get('water')).toBe(7);

      // Nobody has them but the dict.
      await pets._close();
      await supplies._close();
      expect(await (await inner('pets')).get('ferrets')).toBe(2);
      await (await inner('supplies')).set('blankets', 11);
      expect(await (await inner('supplies')).get('blankets')).toBe(11);

      const [pets2, supplies2] = [await inner('pets'), await inner('supplies')];
      await supplies2.set('water', 7);
      expect(await (await inner('supplies')).get('water')).toBe(7);

      await d.clear();
      expect(await d.size()).toBe(0);
      expect(await supplies2.get('water')).toBe(7);
      expect(await pets2.get('hamsters')).toBe(4);

      const l = await manager.list<Stock>([pets2, supplies2]);
      await (await l.at(0)).set('marmots', 1);
      expect(await pets2.get('marmots')).toBe(1);
      await pets2._close();
      await supplies2._close();
      expect(await (await l.at(0)).get('marmots')).toBe(1);

      const outer = await manager.list([[88, 99], l]);
      expect(await outer.at(0)).toEqual([88, 99]); // Not a ListProxy
      const last = (await outer.at(-1)) as ListProxy<Stock>;
      expect(await (await last.at(-1)).get('feed')).toBe(3);
    });

    test('test_nested_queue', async () => {
      const a = await manager.list<QueueProxy<number>>(); // Test queue inside list
      await a.append(await manager.Queue());
      await (await a.at(0)).put(123);
      expect(await (await a.at(0)).get()).toBe(123);
      const b = await manager.dict<number, QueueProxy<number>>(); // Test queue inside dict
      await b.set(0, await manager.Queue());
      await (await b.__getitem__(0)).put(456);
      expect(await (await b.__getitem__(0)).get()).toBe(456);
    });

    test('test_namespace', async () => {
      const n = await manager.Namespace();
      n.name = 'Bob';
      n.job = 'Builder';
      n._hidden = 'hidden';
      expect([await n.name, await n.job]).toEqual(['Bob', 'Builder']);
      delete n.job;
      expect(await n.str()).toBe("Namespace(name='Bob')");
      expect(n._hidden).toBe('hidden');
      await expect(async () => n.job).rejects.toThrow("'Namespace' object has no attribute 'job'");
    });
  });
});

test('a dict that was sent is iterated where no manager is', async () => {
  await using manager = await new SyncManager().start();
  const dict = await manager.dict({ a: 1, b: 2 });
  await using pool: Pool = new (get_context('spawn').Pool)(1);
  const keysOf = async (d: DictProxy<string, number>): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of await d.__iter__()) keys.push(key);
    return keys;
  };
  expect(await soon(pool.apply(keysOf, [dict]))).toEqual(['a', 'b']);
});

test('a proxy is sent to the workers of a pool', async () => {
  await using manager = await new SyncManager().start();
  const dict = await manager.dict<number, number>();
  await using pool: Pool = new (get_context('spawn').Pool)(2);
  const run = (d: DictProxy<number, number>, k: number): Promise<void> => d.set(k, k * k);
  const results = range(20).map((i) => pool.apply_async(run, [dict, i]));
  for (const result of results) await soon(result.get());
  expect([...(await dict.copy())].sort(([a], [b]) => a - b)).toEqual(range(20).map((i) => [i, i * i]));
});
