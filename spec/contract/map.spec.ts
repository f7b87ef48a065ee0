import { appendFileSync } from 'node:fs';
import { ValueError } from 'multiprocessing-ts/builtins';
import { BOTH, contract, exc, excOf, lines, open, oracle, pass, scratch, until, worker } from './support';

const path = scratch();
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const identity = (x: unknown): unknown => x;

contract(
  'map',
  (makePool) => {
    describe('cuts its input as CPython does', () => {
      const recorded = oracle('p01_default_chunksize');
      /** Where each item lay in its chunk tells the chunks: state of the module starts anew with each. */
      const chunks = async (processes: number, n: number, chunksize?: number): Promise<number[]> => {
        const pool = makePool(processes, { maxtasksperchild: 1 });
        const workers = await pool.map(worker, range(n), chunksize);
        const runs: number[] = [];
        workers.forEach((name, i) => {
          if (i === 0 || name !== workers[i - 1]) runs.push(0);
          runs[runs.length - 1]!++;
        });
        return runs;
      };

      test.each([
        [1, 9],
        [2, 8],
        [2, 9],
        [3, 13],
        [4, 17],
      ])('%i workers, %i items', async (processes, n) => {
        const [chunksize, count] = (
          recorded(`processes=${processes} n->[chunksize,nchunks]`).ok as Record<string, [number, number]>
        )[n]!;
        const runs = await chunks(processes, n);
        expect(runs).toHaveLength(count);
        expect(runs[0]).toBe(chunksize);
        expect(runs.slice(0, -1).every((length) => length === chunksize)).toBe(true);
      });

      test.each([1, 2, 3, 7, 10, 11, 100])('chunksize %i', async (chunksize) => {
        const [, values] = recorded(`explicit chunksize=${chunksize}`).ok as [number, number[]];
        expect(await makePool.shared(2).map(identity, range(10), chunksize)).toEqual(values);
      });
    });

    describe('with an empty input', () => {
      const recorded = oracle('p04_map_empty');

      test.each([
        ['list', []],
        ['gen', (function* () {})()],
        ['range0', new Set()],
        ['str', ''],
      ])('map_async is ready at once, without callbacks (%s)', async (name, input) => {
        const calls: unknown[] = [];
        const note = (value: unknown): number => calls.push(value);
        const result = makePool.shared(1).map_async(identity, input as Iterable<unknown>, null, note, note);
        const ready = [result.ready(), result.successful()];
        expect({
          'immediately_ready,successful': ready,
          value: await result.get(),
          callback_calls: calls,
          cache_len: 0,
        }).toEqual(recorded(`map_async(${name})`).ok);
      });

      test('map and starmap resolve to an empty list', async () => {
        const pool = makePool.shared(1);
        expect(await pool.map(identity, [])).toEqual(recorded('map').ok);
        expect(await pool.map(identity, [], 3)).toEqual(recorded('map chunksize=3').ok);
        expect(await pool.starmap(identity, [])).toEqual(recorded('starmap').ok);
      });
    });

    describe('takes any iterable', () => {
      const recorded = oracle('p05_map_iterables');

      test('sets, strings, generators, the keys of a Map', async () => {
        const pool = makePool.shared(1);
        expect((await pool.map(identity, new Set([3, 1, 2]))).sort()).toEqual(recorded('set').ok);
        expect(await pool.map(identity, 'abc')).toEqual(recorded('str').ok);
        expect(
          await pool.map(
            identity,
            (function* () {
              yield* range(5);
            })(),
          ),
        ).toEqual(recorded('generator').ok);
        expect(
          await pool.map(
            identity,
            new Map([
              ['a', 1],
              ['b', 2],
            ]).keys(),
          ),
        ).toEqual(recorded('dict->keys').ok);
      });

      test('what is not iterable is a TypeError', async () => {
        const pool = makePool.shared(1);
        await expect(pool.map(identity, 5 as never)).rejects.toThrow(TypeError);
        await expect(pool.map(identity, 5 as never)).rejects.toThrow(/object is not iterable/);
        await expect(pool.map(identity, null as never)).rejects.toThrow(/object is not iterable/);
        expect(recorded('int not iterable').exc?.str).toMatch(/object is not iterable/);
      });

      test.each([0, 3])(
        'an input that throws at item %i throws its error at the call, and nothing is run',
        async (at) => {
          class Boom extends Error {
            static {
              this.prototype.name = 'Boom';
            }
          }
          const log = path('log');
          const input = function* (): Generator<number> {
            for (const i of range(5)) {
              if (i === at) throw new Boom(`gen at ${i}`);
              yield i;
            }
          };
          const note = (i: number): void => {
            appendFileSync(log, `${i}\n`);
          };
          const pool = makePool.shared(1);
          const name =
            at === 0
              ? 'generator raising at 0 (eager list())'
              : 'generator raising at 3 (eager list(), nothing submitted)';
          expect(await excOf(() => pool.map(note, input(), 1))).toEqual(exc(recorded(name)));
          expect(() => pool.map_async(note, input())).toThrow(Boom);
          await pool.apply(identity, [0]);
          expect(lines(log)).toEqual([]);
        },
      );

      test('a `length` that lies is not believed (H9: CPython hangs or loses items)', async () => {
        const lying = {
          length: 9,
          *[Symbol.iterator]() {
            yield* range(3);
          },
        };
        expect(await makePool.shared(1).map(identity, lying)).toEqual([0, 1, 2]);
      });

      test('a list is sent as it was at the call (CPython reads it later)', async () => {
        const list: unknown[] = range(1000);
        const result = makePool.shared(1).map_async(identity, list, 1);
        list[999] = 'changed';
        expect((await result.get())[999]).toBe(999);
        expect(recorded('list is iterated lazily (mutating it after map_async is visible)').ok).toBe(
          'mutated',
        );
      });
    });

    describe('when items fail', () => {
      const recorded = oracle('p02_map_exception');
      interface Item {
        i: number;
        gate?: string;
        opens?: string;
        fails?: boolean;
      }

      const run =
        (log: string, pass: (path: string) => void) =>
        ({ i, gate, opens, fails }: Item): number => {
          if (gate !== undefined) pass(gate);
          appendFileSync(log, `${i}\n`);
          if (opens !== undefined) appendFileSync(opens, '');
          if (fails === true) throw new Error(`item ${i}`);
          return i;
        };
      const executed = (log: string): number[] =>
        lines(log)
          .map(Number)
          .sort((a, b) => a - b);

      test('the failure that arrives first is that of the whole, and all chunks are run', async () => {
        const [log, gate] = [path('log'), path('gate')];
        const items = [{ i: 0, gate, fails: true }, { i: 1, fails: true }, { i: 2 }, { i: 3, opens: gate }];
        const error = await makePool
          .shared(2)
          .map(run(log, pass), items, 1)
          .catch((reason: unknown) => reason as Error);
        const { result, executed: all } = recorded('first_arrival_wins').ok as {
          result: [string, string];
          executed: number[];
        };
        expect(['err', (error as Error).message]).toEqual(result);
        expect(executed(log)).toEqual(all);
      });

      test('the rest of the failing chunk is not run', async () => {
        const log = path('log');
        const items = range(8).map((i) => ({ i, fails: i === 1 }));
        await expect(makePool.shared(2).map(run(log, pass), items, 4)).rejects.toThrow('item 1');
        expect(executed(log)).toEqual(
          (recorded('rest_of_failing_chunk_skipped').ok as { executed: number[] }).executed,
        );
      });

      test('later chunks are run and waited for', async () => {
        const [log, gate] = [path('log'), path('gate')];
        const pool = makePool.shared(1);
        const result = pool.map_async(run(log, pass), [{ i: 0, fails: true }, { i: 1, gate }, { i: 2 }], 1);
        await until(() => lines(log).length === 1);
        expect(result.ready()).toBe(
          (recorded('ready_false_until_all_chunks_done_even_after_failure').ok as boolean[])[0],
        );
        open(gate);
        await result.wait();
        expect([result.ready(), result.successful()]).toEqual(recorded('after').ok);
        expect(executed(log)).toEqual([0, 1, 2]);
      });

      test('get rejects with the same error every time', async () => {
        const result = makePool.shared(1).map_async(() => {
          throw new Error('item');
        }, [1]);
        const errors = await Promise.all(
          [result.get(), result.get()].map((each) => each.catch((reason: unknown) => reason)),
        );
        expect(errors[0] === errors[1]).toBe(recorded('get_twice_same_exception_object').ok);
      });
    });

    describe('with an odd chunksize', () => {
      const recorded = oracle('p03_map_weird_chunksize');
      const square = (x: number): number => x * x;

      test.each([
        ['True', true],
        ['None', null],
      ])('%s is as in Python', async (name, chunksize) => {
        expect(await makePool.shared(2).map(square, range(5), chunksize as never)).toEqual(
          recorded(`map chunksize=${name}`).ok,
        );
      });

      test.each([0, -1, -5])(
        '%i is a ValueError at the call (H10: CPython runs nothing and returns nulls)',
        async (chunksize) => {
          const pool = makePool.shared(1);
          await expect(pool.map(square, range(5), chunksize)).rejects.toThrow(ValueError);
          expect(() => pool.map_async(square, range(5), chunksize)).toThrow(
            `Chunksize must be 1+, not ${chunksize}`,
          );
        },
      );

      test('2.5 is a TypeError at the call (H9: CPython hangs)', async () => {
        const pool = makePool.shared(1);
        await expect(pool.map(square, range(5), 2.5)).rejects.toThrow(TypeError);
        expect(() => pool.map_async(square, [], 2.5)).toThrow(TypeError);
      });

      test("'a' is a TypeError at the call", async () => {
        await expect(makePool.shared(1).map(square, range(5), 'a' as never)).rejects.toThrow(TypeError);
        expect(recorded("map chunksize='a'").exc?.type).toMatch(/TypeError/);
      });

      test('2.0 is 2, which JavaScript cannot tell from it', async () => {
        expect(await makePool.shared(1).map(square, range(5), 2.0)).toEqual([0, 1, 4, 9, 16]);
      });
    });

    test('keeps the order of its input whatever order the results come in', async () => {
      const gate = path('gate');
      const slow = ({ name, waits, opens }: { name: string; waits?: string; opens?: string }): string => {
        if (waits !== undefined) pass(waits);
        if (opens !== undefined) open(opens);
        return name;
      };
      const items = [{ name: 'a', waits: gate }, { name: 'b' }, { name: 'c', opens: gate }];
      expect(await makePool.shared(2).map(slow, items, 1)).toEqual(oracle('p32_order')('map').ok);
    });

    test('calls of one worker run one after the other in the order submitted', async () => {
      const order: string[] = [];
      const pool = makePool.shared(1);
      const results = [
        pool.map_async(identity, range(3), 1, () => order.push('m1')),
        pool.map_async(identity, range(3), 1, () => order.push('m2')),
        pool.apply_async(identity, [9], {}, () => order.push('a')),
      ];
      await Promise.all(results.map((result) => result.wait()));
      expect(order).toEqual(oracle('p32_order')('single worker: strict FIFO across calls').ok);
    });

    test('an item that stops an iteration is an ordinary failure (H11: CPython cuts the list short)', async () => {
      class StopIteration extends Error {}
      const stops = (x: number): number => {
        if (x === 2) throw new StopIteration('stop');
        return x;
      };
      const pool = makePool.shared(2);
      for (const chunksize of [1, 2, 3, 6]) {
        await expect(pool.map(stops, range(6), chunksize)).rejects.toThrow('stop');
        expect(oracle('p30_stopiteration')(`map chunksize=${chunksize}`).ok).not.toEqual(range(6));
      }
    });

    test('async functions of one chunk run one after the other', async () => {
      const log = path('log');
      const f = async (i: number): Promise<number> => {
        appendFileSync(log, `begin ${i}\n`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        appendFileSync(log, `end ${i}\n`);
        return i;
      };
      expect(await makePool.shared(1).map(f, [1, 2], 2)).toEqual([1, 2]);
      expect(lines(log)).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    });

    test('a hundred thousand items come back in order', async () => {
      const items = range(100_000);
      const values = await makePool.shared(2).map((x: number) => x + 1, items);
      // Jest takes longer to compare that many than a pool to return them.
      expect(values).toHaveLength(items.length);
      expect(values.findIndex((value, i) => value !== i + 1)).toBe(-1);
    });
  },
  BOTH,
);
