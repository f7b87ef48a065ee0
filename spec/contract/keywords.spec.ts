import { BOTH, all, contract, excOf, SPAWN } from './support';

const args = (...all: unknown[]): unknown => all;
const double = (x: number): number => x * 2;

contract(
  'positional or by keyword',
  (makePool, _method, facade) => {
    test('the constructor', () => {
      for (const pool of [
        makePool(3, null, null, 10),
        makePool(3, { maxtasksperchild: 10 }),
        makePool(3, args, { maxtasksperchild: 10 }),
        makePool(3, args, [1], { maxtasksperchild: 10 }),
        makePool({ processes: 3, initializer: args, initargs: [1], maxtasksperchild: 10 }),
      ]) {
        expect(String(pool)).toMatch(/pool_size=3>/);
      }
    });

    // In its clothes the `map` of the other one is a `map_async`.
    if (facade === 'async') {
      test('an unknown keyword is a TypeError that names it', async () => {
        const pool = makePool.shared(1);
        expect(() => makePool(1, { maxTasksPerChild: 1 } as never)).toThrow(
          "Pool() got an unexpected keyword argument 'maxTasksPerChild'. Did you mean 'maxtasksperchild'?",
        );
        await expect(pool.map(double, [1], { chunks: 1 } as never)).rejects.toThrow(
          "map() got an unexpected keyword argument 'chunks'",
        );
        expect(() => pool.imap(double, [1], { callback: args } as never)).toThrow(
          /imap\(\) got an unexpected keyword/,
        );
      });
    }

    test('apply_async: callbacks after any number of positionals', async () => {
      const pool = makePool.shared(1);
      const seen: unknown[] = [];
      const callback = (value: unknown): number => seen.push(value);
      await pool.apply_async(args, [1], {}, callback).wait();
      await pool.apply_async(args, [2], { callback }).wait();
      await pool.apply_async(args, { args: [3], callback }).wait();
      await pool.apply_async(args, [4], { a: 1 }, { callback }).wait();
      await pool.apply_async(args, [5], null, { callback }).wait();
      await pool.apply_async(args, { args: [6], kwds: { b: 2 }, callback }).wait();
      expect(seen).toEqual([[1], [2], [3], [4, { a: 1 }], [5], [6, { b: 2 }]]);
    });

    test('timeouts of results and of iterators', async () => {
      const pool = makePool(1);
      const [result, items] = [pool.apply_async(double, [2]), pool.imap(double, [3])];
      await result.wait({ timeout: 45 });
      expect(await result.get({ timeout: 45 })).toBe(4);
      expect(await result.get({ timeout: null })).toBe(4);
      expect(await items.next({ timeout: 45 })).toEqual({ value: 6, done: false });
      for (const [name, call] of [
        ['get', () => result.get({ seconds: 1 } as never)],
        ['wait', () => result.wait({ seconds: 1 } as never)],
        ['next', () => items.next({ seconds: 1 } as never)],
      ] as const) {
        expect(await excOf(call)).toMatchObject({
          str: `${name}() got an unexpected keyword argument 'seconds'`,
        });
      }
    });

    test('kwds that would look like keywords go as { kwds }', async () => {
      const pool = makePool.shared(1);
      expect(await pool.apply_async(args, [1], { kwds: { callback: 5 } }).get()).toEqual([
        1,
        { callback: 5 },
      ]);
      expect(await pool.apply(args, [1], { colour: 'red' })).toEqual([1, { colour: 'red' }]);
    });

    test('map, map_async, starmap, starmap_async: chunksize', async () => {
      const pool = makePool.shared(1);
      expect(await pool.map(double, [1, 2], 2)).toEqual([2, 4]);
      expect(await pool.map(double, [1, 2], { chunksize: 2 })).toEqual([2, 4]);
      expect(await pool.map(double, [1, 2], 2, { timeout: 100 })).toEqual([2, 4]);
      expect(await pool.map_async(double, [1, 2], { chunksize: 2 }).get()).toEqual([2, 4]);
      expect(await pool.starmap(double, [[1], [2]], { chunksize: 2 })).toEqual([2, 4]);
      expect(await pool.starmap_async(double, [[1], [2]], 2).get()).toEqual([2, 4]);
    });

    test('map_async: callbacks', async () => {
      const pool = makePool.shared(1);
      const seen: unknown[] = [];
      const callback = (value: unknown): number => seen.push(value);
      await pool.map_async(double, [1], 1, callback).wait();
      await pool.map_async(double, [2], 1, { callback }).wait();
      await pool.map_async(double, [3], { chunksize: 1, callback }).wait();
      expect(seen).toEqual([[2], [4], [6]]);
    });

    test('imap: chunksize and buffersize', async () => {
      const pool = makePool.shared(1);
      expect(await all(pool.imap(double, [1, 2], 2))).toEqual([2, 4]);
      expect(await all(pool.imap(double, [1, 2], { chunksize: 2 }))).toEqual([2, 4]);
      expect(await all(pool.imap(double, [1, 2], 2, { buffersize: 4 }))).toEqual([2, 4]);
      expect(await all(pool.imap(double, [1, 2], { buffersize: 1 }))).toEqual([2, 4]);
    });

    // In its clothes the `map` of the other one is a `map_async`.
    if (facade === 'async') {
      test("too many and too few arguments are TypeErrors in Python's words", async () => {
        const pool = makePool.shared(1);
        await expect(
          (pool.map as (...args: unknown[]) => Promise<unknown>).call(pool, double, [1], 1, 2),
        ).rejects.toThrow(/map\(\) takes from 2 to 3 positional arguments but 4 were given/);
        expect(() => (pool.imap as (...args: unknown[]) => unknown).call(pool, double)).toThrow(
          /imap\(\) missing 1 required positional argument: 'iterable'/,
        );
      });
    }

    test('an input by keyword', async () => {
      const pool = makePool.shared(1) as unknown as { map(...args: unknown[]): Promise<unknown> };
      expect(await pool.map({ func: double, iterable: [1] })).toEqual([2]);
      expect(await pool.map(double, { iterable: [1, 2], chunksize: 1 })).toEqual([2, 4]);
    });
  },
  BOTH,
  SPAWN,
);
