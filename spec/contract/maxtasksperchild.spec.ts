import { contract, oracle, soon } from './support';

const recorded = oracle('p24_maxtasksperchild');
const pid = (): number => process.pid;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** How many items in a row came from one process. */
const runs = (pids: readonly number[]): number[] => {
  const out: number[] = [];
  pids.forEach((each, i) => {
    if (each !== pids[i - 1]) out.push(0);
    out[out.length - 1]!++;
  });
  return out;
};

contract('maxtasksperchild', (makePool) => {
  test('counts chunks, not items', async () => {
    expect(runs(await makePool(1, { maxtasksperchild: 2 }).map(pid, range(12), 3))).toEqual(
      recorded('map 12 items chunksize=3 -> run lengths per process').ok,
    );
    expect(runs(await makePool(1, { maxtasksperchild: 2 }).map(pid, range(12), 1))).toEqual(
      recorded('map 12 items chunksize=1').ok,
    );
  });

  test.each([
    ['imap 6 items', 1],
    ['imap 6 items chunksize=2', 2],
  ])('%s', async (name, chunksize) => {
    const pids: number[] = [];
    for await (const each of makePool(1, { maxtasksperchild: 1 }).imap(pid, range(6), chunksize))
      pids.push(each);
    expect(runs(pids)).toEqual(recorded(name).ok);
  });

  test('counts calls', async () => {
    const pool = makePool(1, { maxtasksperchild: 3 });
    const pids: number[] = [];
    for (let i = 0; i < 7; i++) pids.push(await pool.apply(pid));
    expect(runs(pids)).toEqual(recorded('apply x7').ok);
  });

  test('counts tasks that throw', async () => {
    const pool = makePool(1, { maxtasksperchild: 2 });
    const first = await pool.apply(pid);
    await expect(
      pool.apply(() => {
        throw new Error('x');
      }),
    ).rejects.toThrow('x');
    expect((await pool.apply(pid)) !== first).toBe(recorded('a raising task counts').ok);
  });

  test('an early close and join still do everything', async () => {
    const pool = makePool(3, { maxtasksperchild: 1 });
    const results = range(9).map(() => pool.apply_async(pid));
    pool.close();
    await soon(pool.join(), 'join');
    expect(results.every((result) => result.ready())).toBe(recorded('all ready').ok);
    expect(new Set(await Promise.all(results.map((result) => result.get()))).size).toBe(9);
  });

  test('holds for many short tasks in flight', async () => {
    const pool = makePool(2, { maxtasksperchild: 5 });
    const pids = await pool.map(pid, range(100), 1);
    const counts = new Map<number, number>();
    for (const each of pids) counts.set(each, (counts.get(each) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(5);
    expect(counts.size).toBeGreaterThanOrEqual(20);
  });
});
