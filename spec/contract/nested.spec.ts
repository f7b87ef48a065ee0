import { Pool } from 'multiprocessing-ts';
import { AssertionError } from 'multiprocessing-ts/builtins';
import { BOTH, contract, exc, excOf, oracle, worker, SPAWN } from './support';

const recorded = oracle('p27_nested');

contract(
  'nested',
  (makePool, method) => {
    if (method === 'thread') {
      test('a worker can have a pool: it is in the main process', async () => {
        const nested = async (x: number): Promise<number[]> => {
          await using pool = new Pool(1);
          return await pool.map((y: number) => y + 1, [x]);
        };
        expect(await makePool(1).apply(nested, [1])).toEqual([2]);
      });
    } else {
      test('a worker cannot have a pool', async () => {
        const nested = async (x: number): Promise<number[]> => {
          await using pool = new Pool(1);
          return await pool.map((y: number) => y, [x]);
        };
        const pool = makePool(1);
        expect(await excOf(() => pool.apply(nested, [1]))).toEqual(exc(recorded('Pool in Pool')));
        await expect(pool.apply(nested, [1])).rejects.toBeInstanceOf(AssertionError);
      });

      test('the worker goes on after the attempt', async () => {
        const pool = makePool(1);
        const before = await pool.apply(worker);
        await expect(pool.apply(() => new Pool(1))).rejects.toThrow(/daemonic processes/);
        expect(await pool.apply(worker)).toBe(before);
      });
    }

    test('several pools side by side do not disturb each other', async () => {
      const pools = [makePool(1), makePool(1), makePool(2)];
      const values = await Promise.all(pools.map((pool, i) => pool.map((x: number) => x * 10, [i, i + 1])));
      expect(values).toEqual([
        [0, 10],
        [10, 20],
        [20, 30],
      ]);
      await pools[0]!.terminate();
      expect(await pools[1]!.apply(() => 5)).toBe(5);
    });

    test('a function of one pool can be sent to another', async () => {
      const f = (x: number): number => x + 1;
      expect([await makePool(1).apply(f, [1]), await makePool(1).apply(f, [2])]).toEqual([2, 3]);
    });
  },
  BOTH,
  SPAWN,
);
