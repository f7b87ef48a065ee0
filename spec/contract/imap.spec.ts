import { IMapIterator, IMapUnorderedIterator, RemoteTraceback } from 'multiprocessing-ts/pool';
import { ProcessError, RawArray, TimeoutError } from 'multiprocessing-ts';
import { all, BOTH, contract, drain, exc, excOf, open, oracle, pass, scratch, soon, STOP } from './support';

const path = scratch();
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const identity = (x: unknown): unknown => x;
/** The two failing items of the recording. */
const f = (x: number): number => {
  if (x === 2 || x === 5) throw Object.assign(new Error(String(x)), { name: 'ValueError' });
  return x * 10;
};
/** Waits for the gate of the item, if it has one. */
const gated = ([value, gate]: readonly [unknown, string?]): unknown => {
  if (gate !== undefined) pass(gate);
  return value;
};

contract(
  'imap',
  (makePool, _method, facade) => {
    // What blocks has one reader at a time; and the tests see its iterators in clothes: see blocking.ts.
    const inPromises = facade === 'async' ? test : test.skip;

    test('that was left, or has come to its end, gives nothing more when the pool is terminated', async () => {
      const pool = makePool(1);
      const held = path('held');
      const busy = pool.apply_async(gated, [[0, held]]);
      const left = pool.imap(identity, range(3));
      await left.return();
      const aborter = new AbortController();
      const aborted = pool.imap(identity, range(3), { signal: aborter.signal });
      aborter.abort(new Error('not wanted'));
      expect(await drain(aborted)).toEqual(['Error(not wanted)', STOP, STOP]);
      await pool.terminate();
      expect(await drain(left)).toEqual([STOP, STOP]);
      expect(await drain(aborted)).toEqual([STOP, STOP]);
      expect(busy.successful()).toBe(false);
    });

    describe('after a failing item', () => {
      const recorded = oracle('p06_imap_exceptions');

      test('imap goes on', async () => {
        expect(await drain(makePool.shared(2).imap(f, range(8)))).toEqual(
          recorded('imap cs=1 continues after exceptions').ok,
        );
      });

      test('imap_unordered goes on', async () => {
        const items = await drain(makePool.shared(2).imap_unordered(f, range(8)));
        expect(items.map(String).sort()).toEqual(recorded('imap_unordered cs=1 continues (sorted)').ok);
      });

      test('its chunk is lost and later chunks still come (CPython ends there)', async () => {
        const pool = makePool.shared(2);
        expect(await drain(pool.imap(f, range(8), 2))).toEqual([
          0,
          10,
          'ValueError(2)',
          'ValueError(5)',
          60,
          70,
          STOP,
          STOP,
        ]);
        expect(await drain(pool.imap(f, range(8), 3))).toEqual([
          'ValueError(2)',
          'ValueError(5)',
          60,
          70,
          STOP,
          STOP,
        ]);
        expect(await drain(pool.imap(f, range(8), 100))).toEqual(recorded('imap cs=100').ok);
      });

      test('a `for await` loop ends with its error', async () => {
        await expect(all(makePool.shared(1).imap(f, range(8)))).rejects.toThrow('2');
      });

      test('its error has a RemoteTraceback as cause', async () => {
        const error = await makePool
          .shared(1)
          .imap(f, [2])
          .next()
          .catch((reason: unknown) => reason as Error);
        expect((error as Error).cause).toBeInstanceOf(RemoteTraceback);
        expect(((error as Error).cause as Error).name).toBe(
          recorded('exception has RemoteTraceback cause').ok,
        );
      });
    });

    inPromises(
      'returns an iterator of its own class, whatever the chunksize (CPython returns a generator above 1)',
      async () => {
        const pool = makePool.shared(1);
        for (const chunksize of [1, 2]) {
          const [ordered, unordered] = [
            pool.imap(identity, [1], chunksize),
            pool.imap_unordered(identity, [1], chunksize),
          ];
          expect(ordered).toBeInstanceOf(IMapIterator);
          expect(unordered).toBeInstanceOf(IMapUnorderedIterator);
          expect(ordered[Symbol.asyncIterator]()).toBe(ordered);
          expect([await all(ordered), await all(unordered)]).toEqual([[1], [1]]);
        }
      },
    );

    test('an empty input ends at once', async () => {
      const pool = makePool.shared(1);
      const recorded = oracle('p04_map_empty');
      expect(await all(pool.imap(identity, []))).toEqual(recorded('imap').ok);
      expect(await all(pool.imap(identity, [], 3))).toEqual(recorded('imap chunksize=3').ok);
      expect(await all(pool.imap_unordered(identity, []))).toEqual(recorded('imap_unordered').ok);
    });

    describe('next', () => {
      const recorded = oracle('p07_imap_next_timeout');

      test.each([0, -1, 0.1])('next(%d) rejects with TimeoutError when nothing is there', async (timeout) => {
        const gate = path('gate');
        const it = makePool(1).imap(gated, [['x', gate]] as const);
        expect(await excOf(() => it.next(timeout))).toEqual(exc(recorded(`next(${timeout})`)));
        await expect(it.next(timeout)).rejects.toBeInstanceOf(TimeoutError);
        open(gate);
        expect(await it.next(45)).toEqual({ value: 'x', done: false });
        expect(await it.next()).toEqual({ value: undefined, done: true });
        expect(await it.next(0)).toEqual({ value: undefined, done: true });
      });

      test('its TimeoutError is the one of multiprocessing', () => {
        expect(TimeoutError.prototype).toBeInstanceOf(ProcessError);
        expect((recorded('TimeoutError mro').ok as string[])[1]).toMatch(/ProcessError/);
      });

      test('next(0) gives what is there', async () => {
        const pool = makePool.shared(1);
        const it = pool.imap(identity, [1]);
        await pool.apply(identity, [0]);
        expect(await it.next(0)).toEqual({ value: 1, done: false });
      });

      inPromises('many at once are served in turn', async () => {
        const it = makePool.shared(2).imap(identity, range(3));
        const items = await Promise.all([it.next(), it.next(), it.next(), it.next(), it.next()]);
        expect(items.map(({ value }) => value)).toEqual([0, 1, 2, undefined, undefined]);
      });

      test('one that times out does not take the turn of the others', async () => {
        const gate = path('gate');
        const it = makePool(1).imap(gated, [['x', gate]] as const);
        const [first, second] = [it.next(0), it.next()];
        await expect(first).rejects.toThrow(TimeoutError);
        open(gate);
        expect(await second).toEqual({ value: 'x', done: false });
      });
    });

    describe('when the input throws', () => {
      const recorded = oracle('p08_imap_bad_iterable');
      class Boom extends Error {
        static {
          this.prototype.name = 'Boom';
        }
      }
      const raising = function* (n: number, at: number): Generator<number> {
        for (const i of range(n)) {
          if (i === at) throw new Boom(`at ${i}`);
          yield i;
        }
      };
      const write = (error: Error): string =>
        `${error.name}(${error.message}) cause=${error.cause === undefined ? 'None' : 'some'}`;

      test.each([1, 2, 4].flatMap((chunksize) => [0, 3, 4].map((at) => [at, chunksize])))(
        'at %i with chunksize %i: the chunks before it, the error, the end',
        async (at, chunksize) => {
          const items = await drain(
            makePool.shared(2).imap(identity, raising(8, at), chunksize),
            write,
            'Stop',
          );
          expect(items).toEqual(recorded(`imap raise at ${at} of 8 cs=${chunksize}`).ok);
        },
      );

      test('imap_unordered yields what was before it', async () => {
        const items = await drain(makePool.shared(2).imap_unordered(identity, raising(8, 3)), write, 'Stop');
        expect(items.map(String).sort()).toEqual(recorded('imap_unordered raise at 3 cs=1 (sorted)').ok);
      });

      test.each([5, null])('what is not iterable (%p) shows at the first next', async (input) => {
        const it = makePool.shared(1).imap(identity, input as never);
        await expect(it.next()).rejects.toThrow(/object is not iterable/);
        expect(await it.next()).toEqual({ value: undefined, done: true });
        expect((recorded('imap(f, 5) first next').ok as string[])[0]).toMatch(/object is not iterable/);
      });
    });

    describe('order', () => {
      const recorded = oracle('p32_order');

      test('imap gives results in the order of the input', async () => {
        const gate = path('gate');
        const opens = ([value, waits, gate]: readonly [string, boolean, string]): string => {
          if (waits) pass(gate);
          else open(gate);
          return value;
        };
        const items = (['a', 'b', 'c'] as const).map((name) => [name, name === 'a', gate] as const);
        expect(await all(makePool(2).imap(opens, items))).toEqual(recorded('imap').ok);
      });

      test('imap_unordered gives results as they come', async () => {
        const [a, b] = [path('a'), path('b')];
        const it = makePool(3).imap_unordered(gated, [['a', a], ['b', b], ['c']] as const);
        const values = [(await it.next()).value];
        open(b);
        values.push((await it.next()).value);
        open(a);
        values.push((await it.next()).value);
        expect(values).toEqual(recorded('imap_unordered').ok);
      });

      test('imap_unordered gives the items of a chunk together', async () => {
        const gate = path('gate');
        const it = makePool(2).imap_unordered(gated, [['a', gate], ['b', gate], ['c'], ['d']] as const, 2);
        const values = [(await it.next()).value, (await it.next()).value];
        open(gate);
        values.push((await it.next()).value, (await it.next()).value);
        expect(values).toEqual(recorded('imap_unordered chunksize=2').ok);
      });

      test('imap waits for its first item', async () => {
        const gate = path('gate');
        const it = makePool(2).imap(gated, [['a', gate], ['b']] as const);
        await expect(it.next(0.3)).rejects.toThrow(TimeoutError);
        open(gate);
        expect((await it.next()).value).toBe('a');
      });
    });

    test('the input is taken in as workers can use it, not all at once (CPython fills a pipe)', async () => {
      const done = RawArray('i', 1);
      const count = (x: number): number => {
        Atomics.add(done.buffer, 0, 1);
        return x;
      };
      let taken = 0;
      let ahead = 0;
      const endless = function* (): Generator<number> {
        for (;;) {
          yield taken++;
          ahead = Math.max(ahead, taken - Atomics.load(done.buffer, 0));
        }
      };
      const pool = makePool(2);
      const it = pool.imap(count, endless());
      for (let i = 0; i < 10; i++) expect((await it.next()).value).toBe(i);
      await it.return();
      // A worker holds 1024 calls at most.
      expect(ahead).toBeLessThanOrEqual(2 * 1024);
      await pool.apply(identity, [1]);
    });

    test('a slow function holds the input back', async () => {
      const gate = path('gate');
      let taken = 0;
      const input = function* (): Generator<readonly [number, string]> {
        for (;;) yield [taken++, gate] as const;
      };
      const pool = makePool(2);
      const it = pool.imap(gated, input());
      await expect(it.next(0.2)).rejects.toThrow(TimeoutError);
      expect(taken).toBeLessThanOrEqual(3);
      open(gate);
      await it.return();
    });

    test('leaving the loop closes the input and drops what is not started', async () => {
      let closed = false;
      const input = function* (): Generator<number> {
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          closed = true;
        }
      };
      const pool = makePool(1);
      for await (const value of pool.imap(identity, input())) if (value === 3) break;
      expect(closed).toBe(true);
      pool.close();
      await soon(pool.join(), 'join');
    });

    test('an iterator that was left stays at its end', async () => {
      const it = makePool.shared(1).imap(identity, range(100));
      await it.return();
      expect(await it.next()).toEqual({ value: undefined, done: true });
    });

    test('`await using` leaves it', async () => {
      let closed = false;
      const input = function* (): Generator<number> {
        try {
          yield* range(100);
        } finally {
          closed = true;
        }
      };
      {
        await using it = makePool.shared(1).imap(identity, input());
        await it.next();
      }
      expect(closed).toBe(true);
    });

    test('the pool finishes what nobody iterates', async () => {
      const pool = makePool(2);
      const it = pool.imap(identity, range(50));
      pool.close();
      await soon(pool.join(), 'join');
      expect(await all(it)).toEqual(range(50));
    });

    test('twenty thousand items come in order', async () => {
      const items = await all(makePool.shared(2).imap((x: number) => x + 1, range(20_000)));
      // Jest takes longer to compare that many than a pool to return them.
      expect(items).toHaveLength(20_000);
      expect(items.findIndex((item, i) => item !== i + 1)).toBe(-1);
    });

    test('twenty thousand items come once each, unordered', async () => {
      const items = await all(makePool.shared(2).imap_unordered((x: number) => x + 1, range(20_000), 7));
      items.sort((a, b) => a - b);
      expect(items).toHaveLength(20_000);
      expect(items.findIndex((item, i) => item !== i + 1)).toBe(-1);
    });
  },
  BOTH,
);
