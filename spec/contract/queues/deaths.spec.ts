import { existsSync, readFileSync } from 'node:fs';
import { get_context, JoinableQueue, Queue } from 'multiprocessing-ts';
import { excOf, lines, open, scratch, soon, until } from '../support';
import { processes } from '../process/support';
import { EMPTY, range } from './support';

/*
 * Whoever is killed, in whatever it was doing, leaves the queue whole: what it has put is in, what it was about to put
 * is not, and of what it was taking at most one item goes with it.
 */
const path = scratch();

processes('the death of', (Process, method) => {
  /** A child that says that it is there, and then does something that does not end. */
  async function child<Q>(queue: Q, work: (q: Q) => unknown) {
    const here = path('here');
    const live = async (q: Q, file: string, what: (each: Q) => unknown) => {
      open(file);
      await what(q);
      await new Promise(() => setInterval(() => undefined, 1000));
    };
    const p = new Process({ target: live, args: [queue, here, work] as never });
    p.start();
    await until(() => existsSync(here), 'the start of the child');
    return {
      kill: async () => {
        p.kill();
        await p.join();
      },
      pid: p.pid as number,
    };
  }

  /** Is the thread of the process asleep, as one that waits is? */
  const asleep = (pid: number): boolean => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(') ')).startsWith(') S');
  };
  /** Gives a child the time to come to where it waits: a process that sleeps; of a thread nobody can tell. */
  const settled = async (pid: number): Promise<void> => {
    if (method === 'spawn') await until(() => asleep(pid), 'that it waits');
  };

  const getters: [string, (q: Queue<number>) => unknown][] = [
    ['a get', (q) => q.get()],
    ['a getSync', (q) => q.getSync()],
    ['many gets', (q) => Promise.all(Array.from({ length: 10 }, () => q.get()))],
    [
      'one get after the other that gives up soon',
      async (q) => {
        for (;;) await q.get(true, 0.001).catch(() => undefined);
      },
    ],
  ];

  test.each(getters)(
    'a process in %s takes nothing with it, and keeps nothing from others',
    async (_, work) => {
      const [q, back] = [new Queue<number>(), new Queue<number>()];
      const other = await child(q, work);
      const echo = new Process({
        target: async (from: Queue<number>, to: Queue<number>) => {
          for (;;) await to.put(await from.get());
        },
        args: [q, back],
      });
      await settled(other.pid);
      await other.kill();
      for (const i of range(20)) await q.put(i);
      for (const i of range(20)) expect(await soon(q.get())).toBe(i);
      echo.start();
      for (const i of range(20)) {
        await q.put(i);
        expect(await soon(back.get())).toBe(i);
      }
      echo.kill();
      await echo.join();
    },
  );

  const putters: [string, (q: Queue<number>) => unknown][] = [
    ['a put', (q) => q.put(-1)],
    [
      'a putSync',
      (q) => {
        q.putSync(-1);
      },
    ],
    ['many puts', (q) => Promise.all(Array.from({ length: 10 }, () => q.put(-1)))],
  ];

  test.each(putters)('a process in %s puts nothing more', async (_, work) => {
    const q = new Queue<number>(2);
    await q.put(0);
    await q.put(1);
    const other = await child(q, work);
    await settled(other.pid);
    await other.kill();
    for (const i of range(20)) {
      expect(await soon(q.get())).toBe(i);
      await soon(q.put(i + 2));
    }
    expect([await q.get(), await q.get()]).toEqual([20, 21]);
    expect(await excOf(() => q.get(false))).toEqual(EMPTY);
  });

  test('a producer leaves all that it has put', async () => {
    const q = new Queue<unknown>();
    const other = await child(q, async (queue) => {
      class Thing {
        readonly bytes = Buffer.alloc(50_000, 3);
        size(): number {
          return this.bytes.length;
        }
      }
      for (let i = 0; i < 10; i++) await queue.put([i, new Thing(), () => i]);
      await queue.put('all');
    });
    await until(() => q.qsize() === 11, 'all that it puts');
    await other.kill();
    for (const i of range(10)) {
      const [number, thing, f] = (await q.get(false)) as [number, { size(): number }, () => number];
      expect([number, thing.size(), f()]).toEqual([i, 50_000, i]);
    }
    expect(await q.get(false)).toBe('all');
  });

  test('who waits in join does not matter, and what it had taken is never done', async () => {
    const q = new JoinableQueue<number>();
    for (const i of range(3)) await q.put(i);
    const joiner = await child(q, (queue) => queue.join());
    const blocked = await child(q, (queue) => {
      queue.joinSync();
    });
    const taker = await child(q, (queue) => queue.get());
    await until(() => q.qsize() === 2, 'that one is taken');
    await Promise.all([joiner, blocked, taker].map((each) => each.kill()));
    for (let i = 0; i < 2; i++) {
      await q.get();
      q.task_done();
    }
    const joined = q.join();
    await expect(soon(joined, 'the end', 0.15)).rejects.toThrow('the end did not come');
    q.task_done();
    await soon(joined);
  });

  test('some of those who put and take: nothing comes twice or in part, and the rest goes on', async () => {
    const [q, got] = [new Queue<[string, number, string] | null>(20), new Queue<string>()];
    const stop = path('stop');
    const produce = async (to: typeof q, who: string, file: string) => {
      const { existsSync: exists } = process.getBuiltinModule('fs');
      let i = 0;
      while (!exists(file)) for (let n = 0; n < 20; n++, i++) await to.put([who, i, 'x'.repeat(i % 3000)]);
    };
    const consume = async (from: typeof q, to: Queue<string>) => {
      for (let item = await from.get(); item !== null; item = await from.get()) {
        const [who, i, text] = item;
        await to.put(text.length === i % 3000 ? `${who}/${i}` : `torn ${who}/${i}`);
      }
    };
    const producers = range(4).map((i) => new Process({ target: produce, args: [q, `p${i}`, stop] }));
    const consumers = range(4).map(() => new Process({ target: consume, args: [q, got] }));
    for (const p of [...producers, ...consumers]) p.start();
    const seen = new Map<string, number>();
    const read = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const item = await soon(got.get(), 'an item');
        seen.set(item, (seen.get(item) ?? 0) + 1);
      }
    };
    await read(200);
    for (const victim of [producers[0], consumers[0], producers[1], consumers[1]]) {
      victim?.kill();
      await victim?.join();
      await read(200);
    }
    open(stop);
    for (const p of producers.slice(2)) await p.join();
    for (let i = 0; i < 2; i++) await q.put(null);
    for (const p of consumers.slice(2)) await p.join();
    await read(got.qsize());

    expect([...seen].filter(([item, times]) => times > 1 || item.startsWith('torn'))).toEqual([]);
    // Those of the living are all there but for what the two consumers had in their hands.
    const missing = ['p2', 'p3'].flatMap((who) => {
      const numbers = [...seen.keys()].filter((each) => each.startsWith(`${who}/`));
      return range(numbers.length)
        .map((i) => `${who}/${i}`)
        .filter((each) => !seen.has(each));
    });
    expect(missing.length).toBeLessThanOrEqual(2);
    expect(q.empty()).toBe(true);
  });
});

/* Only processes can be stopped in the middle of something. */
describe('who was told of an item, and is killed before it takes it', () => {
  test.each<[string, (q: Queue<number>) => unknown]>([
    ['on its event loop', (q) => q.get()],
    ['in its sleep', (q) => q.getSync()],
  ])('%s: the next one takes it', async (_, work) => {
    const { Process } = get_context('spawn');
    const q = new Queue<number>();
    const file = path('pids');
    const target = async (queue: Queue<number>, name: string, what: typeof work) => {
      process.getBuiltinModule('fs').appendFileSync(name, `${process.pid}\n`);
      await what(queue);
    };
    const stopped = new Process({ target, args: [q, file, work] });
    stopped.start();
    await until(() => lines(file).length === 1, 'its start');
    const other = new Process({ target, args: [q, file, (queue: Queue<number>) => queue.get()] });
    other.start();
    await until(() => lines(file).length === 2, 'the start of the other');
    process.kill(stopped.pid as number, 'SIGSTOP');
    await q.put(1);
    stopped.kill();
    await soon(Promise.all([other.join(), stopped.join()]));
    expect([other.exitcode, stopped.exitcode]).toEqual([0, -9]);
    expect(q.empty()).toBe(true);
  });
});
