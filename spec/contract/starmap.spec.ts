import { BOTH, contract, exc, excOf, oracle } from './support';

const recorded = oracle('p29_starmap');
const add = (a: number, b = 10): number => a + b;
const va = (...args: unknown[]): unknown[] => args;

contract(
  'starmap',
  (makePool) => {
    test('unpacks each item into arguments', async () => {
      const pool = makePool.shared(2);
      expect(
        await pool.starmap(add, [
          [1, 2],
          [3, 4],
        ]),
      ).toEqual(recorded('tuples').ok);
      expect(await pool.starmap(add, [[1], [2, 3]] as never)).toEqual(recorded('default arg').ok);
      expect(await pool.starmap(va, [[], []])).toEqual(recorded('empty tuples').ok);
    });

    test('unpacks whatever can be iterated', async () => {
      const pool = makePool.shared(2);
      expect(await pool.starmap(va, ['ab', 'c'] as never)).toEqual(recorded('string elements').ok);
      expect(
        await pool.starmap(va, [
          new Map([
            ['a', 1],
            ['b', 2],
          ]).keys(),
        ] as never),
      ).toEqual(recorded('dict elements -> keys').ok);
    });

    test('unpacks generators (CPython cannot pickle them)', async () => {
      const inner = function* (): Generator<number> {
        yield 0;
        yield 1;
      };
      expect(await makePool.shared(1).starmap(va, [inner(), inner()] as never)).toEqual([
        [0, 1],
        [0, 1],
      ]);
      expect(recorded('generator of generators').exc?.str).toMatch(/cannot pickle/);
    });

    test('an item that cannot be iterated fails its chunk with a TypeError', async () => {
      const pool = makePool.shared(1);
      expect(await excOf(() => pool.starmap(add, [1, 2] as never))).toEqual(
        exc(recorded('non-iterable element')),
      );
      await expect(pool.starmap(add, [{ a: 1 }] as never)).rejects.toThrow("'Object' object is not iterable");
      const late = pool.starmap(async (a: number) => Promise.resolve(a), [[1], 2] as never);
      await expect(late).rejects.toThrow("'int' object is not iterable");
    });

    test('starmap_async has the callbacks of map_async', async () => {
      const list: unknown[] = [];
      const result = makePool.shared(1).starmap_async(add, [[1, 2]], null, (value) => list.push(value));
      await result.wait();
      expect(list).toEqual(recorded('starmap_async callback').ok);
    });

    test('takes a chunksize', async () => {
      const items = Array.from({ length: 100 }, (_, i): [number, number] => [i, 1]);
      expect(await makePool.shared(2).starmap(add, items, 20)).toEqual(items.map(([i]) => i + 1));
      expect(await makePool.shared(2).starmap(add, items, { chunksize: 20 })).toEqual(
        items.map(([i]) => i + 1),
      );
    });
  },
  BOTH,
);
