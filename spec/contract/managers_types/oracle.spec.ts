/** What CPython 3.11 answered about the objects of a SyncManager: probes m04 and p36. */
import { excOf, exc, oracle, soon } from '../support';
import { AttributeError } from 'multiprocessing-ts/builtins';
import { del } from 'multiprocessing-ts/sync/builtins';
import { Empty, Full } from 'multiprocessing-ts/queue';
import type { DictProxy, ListProxy, NamespaceProxy, SyncManager } from 'multiprocessing-ts/managers';
import { overFacades } from '../managers/facades';
import { BrokenBarrierError } from 'multiprocessing-ts/synchronize';

const recorded = oracle('m04_manager_semantics');
const ok = (name: string): unknown => recorded(name).ok;
const pools = oracle('p36_manager_pool');

const same = (name: string, from = recorded): unknown => exc(from(name));

overFacades((managers, facade) => {
  let manager: SyncManager;
  beforeAll(async () => {
    manager = await soon(new managers.SyncManager().start());
  });
  afterAll(async () => {
    await manager.shutdown();
  });

  describe('a list', () => {
    let l: ListProxy;
    beforeEach(async () => {
      l = await manager.list([1, 2, 3]);
    });

    test('is written as its content, and its proxy as what it is', async () => {
      expect(await l.str()).toBe(ok('str(proxy)'));
      // Nothing but a call that blocks can ask the server, as Python's `str` does.
      expect(l.toString()).toMatch(
        facade === 'sync' ? /^\[1, 2, 3\]$/ : /^<ListProxy object, typeid 'list' at 0x[0-9a-f]+>$/,
      );
    });

    test('gives plain lists, and stays a proxy where it is changed', async () => {
      expect(await l.slice()).toEqual(ok('l[:]'));
      expect(await l.__add__([4])).toEqual(ok('l+[4]'));
      expect(Array.isArray(await l.__mul__(2))).toBe(true);
      const ll = await l.__iadd__([4]);
      expect([ll.constructor.name, await ll.slice()]).toEqual(ok('+= keeps proxy'));
      expect(await l.length()).toBe(ok('len'));
      expect(await l.includes(2)).toBe(ok('in'));
      expect(await l._getvalue()).toEqual(ok('deepcopy gives the referent'));
      const items: unknown[] = [];
      for await (const x of l) items.push(x);
      expect(items).toEqual(ok('iter over list proxy'));
    });

    test('refuses with the errors of Python', async () => {
      expect(await excOf(() => l.at(99))).toEqual(same('IndexError'));
      expect(await excOf(() => l._callmethod('append', []))).toEqual(same('TypeError'));
    });
  });

  describe('a dict', () => {
    test('gives copies: what is done with them is lost, unless they are proxies', async () => {
      const d = await manager.dict<string>();
      await d.set('x', [1]);
      ((await d.get('x')) as number[]).push(2);
      expect(await d.get('x')).toEqual(ok('mutating a fetched value is lost'));
      await d.set('y', await manager.list([1]));
      await ((await d.get('y')) as ListProxy).append(2);
      const inner = (await d.get('y')) as ListProxy;
      expect(await inner.slice()).toEqual(ok('nested proxy mutation is visible'));
      expect(inner.constructor.name).toBe(ok('type of nested'));
      expect(await excOf(() => d.__getitem__('nope'))).toEqual(same('KeyError'));
    });

    test('gives lists and tuples', async () => {
      const d: DictProxy<string, number> = await manager.dict({ a: 1, b: 2 });
      expect(await d.keys()).toEqual(ok('keys'));
      expect([...(await d.popitem())]).toEqual(ok('popitem'));
      expect((await d.copy()) instanceof Map).toBe(true);
      const it = await d.__iter__();
      expect(it.constructor.name).toBe(ok('dict iter proxy'));
      await d.set('c', 3);
      expect(await excOf(() => it.__next__())).toEqual(same('dict changed during iteration'));
    });
  });

  test('a queue', async () => {
    const q = await manager.Queue<number>(1);
    await q.put(1);
    await expect(async () => q.put(2, false)).rejects.toThrow(Full);
    expect(await q.get()).toBe(ok('Queue get'));
    await expect(async () => q.get(false)).rejects.toThrow(Empty);
    await expect(async () => q.get(true, 0.05)).rejects.toThrow(Empty);
    await expect(async () => q.get({ timeout: 0.05 })).rejects.toThrow(Empty);
    await q.task_done();
    expect(await excOf(() => q.task_done())).toEqual(same('task_done too many'));
  });

  test('locks', async () => {
    const lock = await manager.Lock();
    expect(await lock.acquire()).toBe(ok('acquire'));
    expect(await lock.acquire(false)).toBe(ok('acquire(False)'));
    expect(await lock.acquire(true, 0.05)).toBe(ok('acquire(True, .05)'));
    await lock.release();
    expect(await excOf(() => lock.release())).toEqual(same('release unlocked'));
    const rlock = await manager.RLock();
    expect([await rlock.acquire(), await rlock.acquire()]).toEqual(ok('RLock acquire x2'));
    await rlock.release();
    await rlock.release();
    expect(await excOf(() => rlock.release())).toEqual(same('RLock release'));
    const semaphore = await manager.Semaphore(1);
    await semaphore.acquire();
    expect(await semaphore.acquire(false)).toBe(ok('sem acquire(False)'));
    const bounded = await manager.BoundedSemaphore(1);
    expect(await excOf(() => bounded.release())).toEqual(same('bounded over-release'));
  });

  test('a condition', async () => {
    const c = await manager.Condition();
    expect(await excOf(() => c.wait())).toEqual(same('cond.wait not acquired'));
    expect(await excOf(() => c.notify())).toEqual(same('cond.notify not acquired'));
    await using held = await c.hold();
    expect(await c.wait(0.05)).toBe(ok('cond.wait timeout'));
    expect(await c.wait_for(() => true)).toBe(ok('wait_for runs predicate locally'));
    await held.release();
  });

  test('an event', async () => {
    const e = await manager.Event();
    const seen: unknown[] = [await e.is_set(), await e.wait(0.05)];
    await e.set();
    seen.push(null, await e.is_set(), await e.wait());
    expect(seen).toEqual(ok('event'));
  });

  test('a barrier', async () => {
    const b = await manager.Barrier(1);
    expect([await b.wait(), await b.parties, await b.n_waiting, await b.broken]).toEqual(ok('barrier'));
    await b.abort();
    await expect(async () => b.wait()).rejects.toThrow(BrokenBarrierError);
  });

  test('a namespace', async () => {
    const ns = await manager.Namespace({ a: 1 });
    ns.b = 2;
    expect([await ns.a, await ns.b]).toEqual([1, 2]);
    expect(await ns.str()).toBe('Namespace(a=1, b=2)');
    expect(await excOf(() => ns.zzz)).toEqual(same('namespace missing'));
    delete (ns as NamespaceProxy).a;
    expect(await ns.str()).toBe('Namespace(b=2)');
  });

  test('what others ask any object for is no attribute of a namespace', async () => {
    const ns = await manager.Namespace({ a: 1 });
    expect(JSON.stringify({ ns })).toBe('{"ns":{}}');
    for (const name of ['then', 'toJSON', '$$typeof', 'asymmetricMatch', 'toString']) {
      expect(() => (ns[name] = 1)).toThrow(TypeError);
    }
    await ns.__setattr__('toJSON', 2);
    expect([ns.toJSON, await ns.__getattribute__('toJSON')]).toEqual([undefined, 2]);
  });

  test('del takes an attribute from a namespace, too', async () => {
    if (facade === 'async') {
      await expect(soon((await manager.Namespace()).__delattr__('x'))).rejects.toThrow(AttributeError);
      return;
    }
    const ns = await manager.Namespace({ x: 1, y: 2 });
    del(ns, 'x');
    expect(await ns.str()).toBe('Namespace(y=2)');
    expect(() => {
      del(ns, 'x');
    }).toThrow(AttributeError);
  });

  test('an assignment that fails is told to the next who looks, or at once by who blocks', async () => {
    const ns = await manager.Namespace();
    const remove = (): boolean => delete ns.nothing;
    if (facade === 'sync') {
      expect(remove).toThrow("'Namespace' object has no attribute 'nothing'");
      return;
    }
    remove();
    await expect(async () => ns._flush()).rejects.toThrow("'Namespace' object has no attribute 'nothing'");
    await ns._flush();
  });

  test('a value takes anything, an array only what is of its type', async () => {
    const v = await manager.Value<unknown>('i', 4);
    expect([await v.value, await v.get(), await v.str()]).toEqual(ok('Value (no type check)'));
    v.value = 'text';
    expect(await v.value).toBe('text');
    const a = await manager.Array<unknown>('i', [1, 2]);
    expect([await a.at(0), await a.length(), { repr: await a.str() }, await a.str()]).toEqual(ok('Array'));
    expect(await excOf(() => a.set(0, 'x'))).toEqual(same('Array bad type'));
  });

  describe('a pool', () => {
    const f = (x: number): number => {
      if (x < 0) throw new RangeError(String(x));
      return x * 2;
    };

    test('has its workers in the server', async () => {
      const p = await manager.Pool(2);
      const answered = (name: string): unknown => pools(name).ok;
      expect(p.constructor.name).toBe(answered('type'));
      expect(await p.map(f, [1, 2])).toEqual(answered('map'));
      expect(await p.starmap((a: number, b: number) => a + b, [[1, 2]])).toEqual([3]);
      const r = await p.map_async(f, [1, 2, 3]);
      expect(await r.get()).toEqual(answered('get'));
      expect([await r.ready(), await r.successful()]).toEqual(answered('ready,successful'));
      const it = await p.imap(f, [1, 2, 3]);
      expect(it.constructor.name).toBe(answered('imap type'));
      const items: number[] = [];
      for await (const x of it) items.push(x);
      expect(items).toEqual(answered('imap'));
      await expect(async () => p.apply(f, [-1])).rejects.toThrow('-1');
      const failing = await p.imap(f, [1, -1]);
      expect(await failing.__next__()).toBe(2);
      await expect(async () => failing.__next__()).rejects.toThrow('-1');
      expect(await p.str()).toBe(answered('str'));
      await p.close();
      expect(await excOf(() => p.apply(f, [1]))).toEqual(same('after close', pools));
      await p.join();
    });

    test('that cannot be made is a RemoteError', async () => {
      await expect(async () => manager.Pool(0)).rejects.toThrow(
        /ValueError: Number of processes must be at least 1\n-+$/,
      );
    });
  });
});
