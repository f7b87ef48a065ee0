import { BOTH, contract, oracle, soon, worker } from './support';

const recorded = oracle('p24_maxtasksperchild');
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** How many items in a row came from one process. */
const runs = (workers: readonly string[]): number[] => {
  const out: number[] = [];
  workers.forEach((each, i) => {
    if (each !== workers[i - 1]) out.push(0);
    out[out.length - 1]!++;
  });
  return out;
};

contract(
  'maxtasksperchild',
  (makePool) => {
    test('counts chunks, not items', async () => {
      expect(runs(await makePool(1, { maxtasksperchild: 2 }).map(worker, range(12), 3))).toEqual(
        recorded('map 12 items chunksize=3 -> run lengths per process').ok,
      );
      expect(runs(await makePool(1, { maxtasksperchild: 2 }).map(worker, range(12), 1))).toEqual(
        recorded('map 12 items chunksize=1').ok,
      );
    });

    test.each([
      ['imap 6 items', 1],
      ['imap 6 items chunksize=2', 2],
    ])('%s', async (name, chunksize) => {
      const workers: string[] = [];
      for await (const each of makePool(1, { maxtasksperchild: 1 }).imap(worker, range(6), chunksize))
        workers.push(each);
      expect(runs(workers)).toEqual(recorded(name).ok);
    });

    test('counts calls', async () => {
      const pool = makePool(1, { maxtasksperchild: 3 });
      const workers: string[] = [];
      for (let i = 0; i < 7; i++) workers.push(await pool.apply(worker));
      expect(runs(workers)).toEqual(recorded('apply x7').ok);
    });

    test('counts tasks that throw', async () => {
      const pool = makePool(1, { maxtasksperchild: 2 });
      const first = await pool.apply(worker);
      await expect(
        pool.apply(() => {
          throw new Error('x');
        }),
      ).rejects.toThrow('x');
      expect((await pool.apply(worker)) !== first).toBe(recorded('a raising task counts').ok);
    });

    test('an early close and join still do everything', async () => {
      const pool = makePool(3, { maxtasksperchild: 1 });
      const results = range(9).map(() => pool.apply_async(worker));
      pool.close();
      await soon(pool.join(), 'join');
      expect(results.every((result) => result.ready())).toBe(recorded('all ready').ok);
      expect(new Set(await Promise.all(results.map((result) => result.get()))).size).toBe(9);
    });

    test('holds for many short tasks in flight', async () => {
      const pool = makePool(2, { maxtasksperchild: 5 });
      const workers = await pool.map(worker, range(40), 1);
      const counts = new Map<string, number>();
      for (const each of workers) counts.set(each, (counts.get(each) ?? 0) + 1);
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(5);
      expect(counts.size).toBeGreaterThanOrEqual(8);
    });
  },
  BOTH,
);
