/** The types of a SyncManager with Python at the other end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { IndexError, KeyError, OverflowError, RuntimeError } from 'multiprocessing-ts/builtins';
import { SyncManager, type ListProxy } from 'multiprocessing-ts/managers';
import { Empty, Full } from 'multiprocessing-ts/queue';
import { BrokenBarrierError } from 'multiprocessing-ts/synchronize';
import { findPython, testWithPython } from '../../support/python';
import { AUTHKEY, endAll, pythonServer, serving } from '../managers/support';
import { soon } from '../support';

afterEach(endAll);

/** What a client of Python has seen of the server at a path; of its own, if there is none. */
async function clientOf(...path: string[]): Promise<Record<string, unknown>> {
  const child = spawn(findPython() ?? '', [join(__dirname, 'python_client.py'), ...path]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  try {
    await soon(once(child, 'close'));
  } finally {
    child.kill('SIGKILL');
  }
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Record<string, unknown>;
}

describe('with CPython', () => {
  testWithPython('a client sees in a server of ours what it sees in its own', async () => {
    const { address } = serving(new SyncManager({ authkey: AUTHKEY }));
    const [mine, original] = await Promise.all([clientOf(address as string), clientOf()]);
    expect(mine).toEqual({
      ...original,
      // The traceback is that of this server.
      'create error': expect.stringContaining("TypeError: 'int' object is not iterable") as unknown,
      'queue bad keyword': "TypeError: get() got an unexpected keyword argument 'nope'",
    });
  });

  describe('our proxies in a server of Python', () => {
    let manager: SyncManager;
    beforeEach(async () => {
      const { address } = await pythonServer('sync');
      manager = await new SyncManager({ address, authkey: AUTHKEY }).connect();
    });

    testWithPython('lists and dicts', async () => {
      const l: ListProxy = await manager.list([1, 'a', null]);
      await l.append([1]);
      expect(await l.str()).toBe("[1, 'a', None, [1]]");
      expect(await l.slice(0, 2)).toEqual([1, 'a']);
      expect(await l.at(-1)).toEqual([1]);
      await expect(l.at(99)).rejects.toThrow(IndexError);
      await l.set_slice(0, 2, [5, 6, 7]);
      const items: unknown[] = [];
      for await (const x of l) items.push(x);
      expect(items).toEqual([5, 6, 7, null, [1]]);
      const d = await manager.dict<string>({ a: 1 });
      await d.update({ b: 2 }, { c: 3 });
      await d.set('l', l);
      await ((await d.get('l')) as ListProxy).append('through the dict');
      expect(await l.at(-1)).toBe('through the dict');
      expect(await d.delete('a')).toBe(true);
      expect(await d.delete('a')).toBe(false);
      expect(await d.keys()).toEqual(['b', 'c', 'l']);
      await expect(d.__getitem__('nope')).rejects.toThrow(new KeyError("'nope'"));
      const keys: unknown[] = [];
      for await (const key of await d.__iter__()) keys.push(key);
      expect(keys).toEqual(['b', 'c', 'l']);
    });

    testWithPython('queues, events, barriers, namespaces, values, arrays', async () => {
      const q = await manager.Queue(1);
      await q.put([1]);
      await expect(q.put(2, { block: false })).rejects.toThrow(Full);
      expect(await q.get()).toEqual([1]);
      await expect(q.get({ timeout: 0.05 })).rejects.toThrow(Empty);
      const e = await manager.Event();
      const waiting = e.wait();
      await e.set();
      expect(await waiting).toBe(true);
      const b = await manager.Barrier(2);
      expect((await Promise.all([b.wait(), b.wait()])).sort()).toEqual([0, 1]);
      expect(await b.parties).toBe(2);
      await b.abort();
      await expect(b.wait()).rejects.toThrow(BrokenBarrierError);
      const ns = await manager.Namespace({ x: 1 });
      ns.y = 2;
      expect(await ns.y).toBe(2);
      expect(await ns.str()).toBe('Namespace(x=1, y=2)');
      const v = await manager.Value('i', 4);
      v.value = 5;
      expect(await v.str()).toBe("Value('i', 5)");
      const a = await manager.Array('l', [1, 2, 3]);
      expect(await a.slice(1)).toEqual([2, 3]);
      await expect(a.set(0, (2n ** 70n) as never)).rejects.toThrow(OverflowError);
    });

    testWithPython('locks, which belong to a connection there', async () => {
      const lock = await manager.RLock();
      expect([await lock.acquire(), await lock.acquire()]).toEqual([true, true]);
      expect(await manager.list([lock]).then((l) => l.length())).toBe(1);
      await lock.release();
      await lock.release();
      await expect(lock.release()).rejects.toThrow(new RuntimeError('cannot release un-acquired lock'));
      const plain = await manager.Lock();
      await plain.acquire();
      const second = plain.acquire();
      await plain.release();
      expect(await second).toBe(true);
      await plain.release();
      await expect(plain.release()).rejects.toThrow(new RuntimeError('release unlocked lock'));
    });

    testWithPython('conditions, on which many wait in this process', async () => {
      const c = await manager.Condition();
      let ready = false;
      const waits = [1, 2, 3].map(async () => {
        await using _ = await c.hold();
        return await c.wait_for(() => ready, 45);
      });
      const late = (async () => {
        await using _ = await c.hold();
        return await c.wait_for(() => false, 0.05);
      })();
      expect(await soon(late)).toBe(false);
      ready = true;
      {
        await using _ = await c.hold();
        await c.notify_all();
      }
      expect(await soon(Promise.all(waits))).toEqual([true, true, true]);
      await expect(c.wait()).rejects.toThrow(new RuntimeError('cannot wait on un-acquired lock'));
    });
  });
});
