import { appendFileSync } from 'node:fs';
import { TimeoutError, type Pool } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { MaybeEncodingError, RemoteTraceback } from 'multiprocessing-ts/pool';
import {
  BOTH,
  all,
  contract,
  drain,
  lines,
  open,
  pass,
  scratch,
  soon,
  STOP,
  until,
  worker,
  SPAWN,
} from './support';

/*
 * The Pool tests of CPython's own suite (Lib/test/_test_multiprocessing.py), under their names.
 */
const path = scratch();
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const sqr = (x: number): number => x * x;
const mul = (x: number, y: number): number => x * y;
const raises = (): never => {
  throw new ValueError('x');
};

class SayWhenError extends Error {
  static {
    this.prototype.name = 'SayWhenError';
  }
}

function* exception_throwing_generator(total: number, when: number): Generator<number> {
  if (when === -1) throw new SayWhenError('Somebody said when');
  for (const i of range(total)) {
    if (i === when) throw new SayWhenError('Somebody said when');
    yield i;
  }
}

contract(
  '_TestPool',
  (makePool) => {
    // As in CPython, where setUpClass makes one for them.
    const one = (): Pool => makePool.shared(4);

    test('test_apply', async () => {
      const pool = one();
      expect(await pool.apply(sqr, [5])).toBe(sqr(5));
      expect(await pool.apply((options: { x: number }) => sqr(options.x), [], { x: 3 } as never)).toBe(
        sqr(3),
      );
    });

    test('test_map', async () => {
      const pool = one();
      expect(await pool.map(sqr, range(10))).toEqual(range(10).map(sqr));
      expect(await pool.map(sqr, range(100), 20)).toEqual(range(100).map(sqr));
    });

    test('test_starmap', async () => {
      const pool = one();
      const tuples = range(10).map((i): [number, number] => [i, 9 - i]);
      expect(await pool.starmap(mul, tuples)).toEqual(tuples.map(([x, y]) => x * y));
      const more = range(100).map((i): [number, number] => [i, 99 - i]);
      expect(await pool.starmap(mul, more, 20)).toEqual(more.map(([x, y]) => x * y));
    });

    test('test_starmap_async', async () => {
      const tuples = range(100).map((i): [number, number] => [i, 99 - i]);
      expect(await one().starmap_async(mul, tuples).get()).toEqual(tuples.map(([x, y]) => x * y));
    });

    test('test_map_async', async () => {
      expect(await one().map_async(sqr, range(10)).get()).toEqual(range(10).map(sqr));
    });

    test('test_map_async_callbacks', async () => {
      const pool = one();
      const call_args: unknown[] = [];
      await pool
        .map_async((x: string) => Number(x), ['1'], {
          callback: (list) => call_args.push(list),
          error_callback: (e) => call_args.push(e),
        })
        .wait();
      expect(call_args).toEqual([[1]]);
      await pool
        .map_async(raises, ['a'], {
          callback: (list) => call_args.push(list),
          error_callback: (e) => call_args.push(e),
        })
        .wait();
      expect(call_args).toHaveLength(2);
      expect(call_args[1]).toBeInstanceOf(ValueError);
    });

    test('test_map_unplicklable', async () => {
      // Issue #19425: failure to pickle should not cause a hang
      const items = range(10).map(() => ({ generator: exception_throwing_generator(1, 5) }));
      await expect(soon(one().map((x: unknown) => x, items))).rejects.toMatchObject({
        name: 'PicklingError',
      });
    });

    test('test_map_chunksize', async () => {
      expect(await soon(one().map_async(sqr, [], { chunksize: 1 }).get(45))).toEqual([]);
    });

    test('test_map_handle_iterable_exception', async () => {
      const pool = one();
      // SayWhenError seen at the very first of the iterable
      await expect(pool.map(sqr, exception_throwing_generator(1, -1), 1)).rejects.toBeInstanceOf(
        SayWhenError,
      );
      // again, make sure it's reentrant
      await expect(pool.map(sqr, exception_throwing_generator(1, -1), 1)).rejects.toBeInstanceOf(
        SayWhenError,
      );
      await expect(pool.map(sqr, exception_throwing_generator(10, 3), 1)).rejects.toBeInstanceOf(
        SayWhenError,
      );
      const special = {
        length: 1,
        [Symbol.iterator]: () => {
          throw new SayWhenError();
        },
      };
      await expect(pool.map(sqr, special as never, 1)).rejects.toBeInstanceOf(SayWhenError);
    });

    test('test_async', async () => {
      expect(await one().apply_async(sqr, [7]).get()).toBe(49);
    });

    test('test_async_timeout', async () => {
      const gate = path('gate');
      const pool = makePool(4);
      const result = pool.apply_async(pass, [gate]);
      await expect(result.get(0.2)).rejects.toBeInstanceOf(TimeoutError);
      open(gate);
      await pool.terminate();
      await pool.join();
    });

    test('test_imap', async () => {
      const pool = one();
      expect(await all(pool.imap(sqr, range(10)))).toEqual(range(10).map(sqr));
      for (const [n, chunksize] of [
        [10, 1],
        [1000, 100],
      ] as const) {
        const it = pool.imap(sqr, range(n), { chunksize });
        for (const i of range(n)) expect((await it.next()).value).toBe(i * i);
        expect((await it.next()).done).toBe(true);
      }
    });

    test.each(['imap', 'imap_unordered'] as const)(
      'test_%s_handle_iterable_exception (at the first)',
      async (method) => {
        const pool = one();
        for (const chunksize of [1, 1, 3]) {
          const it = pool[method](sqr, exception_throwing_generator(1, -1), chunksize);
          await expect(it.next()).rejects.toBeInstanceOf(SayWhenError);
        }
      },
    );

    test.each([
      [10, 3, 1, 3],
      [20, 7, 2, 6],
      [20, 7, 4, 4],
    ])(
      'test_imap_handle_iterable_exception (%i items, at %i, chunksize %i)',
      async (total, when, chunksize, before) => {
        const it = one().imap(sqr, exception_throwing_generator(total, when), chunksize);
        for (const i of range(before)) expect((await it.next()).value).toBe(i * i);
        await expect(it.next()).rejects.toBeInstanceOf(SayWhenError);
      },
    );

    test('test_imap_unordered', async () => {
      const pool = one();
      for (const chunksize of [1, 100]) {
        const values = await all(pool.imap_unordered(sqr, range(1000), { chunksize }));
        expect(values.sort((a, b) => a - b)).toEqual(range(1000).map(sqr));
      }
    });

    test('test_imap_unordered_handle_iterable_exception', async () => {
      const it = one().imap_unordered(sqr, exception_throwing_generator(10, 3), 1);
      const items = await drain(it, ({ name }) => name);
      expect(
        items.filter((item) => typeof item === 'number').every((item) => range(10).map(sqr).includes(item)),
      ).toBe(true);
      expect(new Set(items.filter((item) => item !== STOP)).size).toBe(items.length - 2);
      expect(items).toContain('SayWhenError');
    });

    test('test_make_pool', () => {
      expect(() => makePool(-1)).toThrow(ValueError);
      expect(() => makePool(0)).toThrow(ValueError);
      expect(String(makePool(3))).toMatch(/pool_size=3/);
    });

    test('test_terminate', async () => {
      const gate = path('never');
      const pool = makePool(4);
      const result = pool.map_async(
        pass,
        range(10_000).map(() => gate),
        { chunksize: 1 },
      );
      await soon(pool.terminate(), 'terminate');
      await soon(pool.join(), 'join');
      expect(result.ready()).toBe(true);
    });

    test('test_empty_iterable', async () => {
      // See Issue 12157
      const pool = makePool(1);
      expect(await pool.map(sqr, [])).toEqual([]);
      expect(await all(pool.imap(sqr, []))).toEqual([]);
      expect(await all(pool.imap_unordered(sqr, []))).toEqual([]);
      expect(await pool.map_async(sqr, []).get()).toEqual([]);
      pool.close();
      await pool.join();
    });

    test('test_context', async () => {
      const L = range(10);
      let left;
      {
        await using pool = makePool(2);
        left = pool;
        expect(await pool.map_async(sqr, L).get()).toEqual(L.map(sqr));
      }
      expect(() => left.map_async(sqr, L)).toThrow(ValueError);
    });

    test('test_traceback', async () => {
      // We want ensure that the traceback from the child process is contained in the traceback raised in the main process.
      const pool = makePool(1);
      const error = (await pool
        .apply(() => {
          throw new ValueError(123 as never); /* some comment */
        })
        .catch((reason: unknown) => reason)) as Error;
      expect(error.constructor).toBe(ValueError);
      expect(error.message).toBe('123');
      expect(error.cause).toBeInstanceOf(RemoteTraceback);
      expect((error.cause as RemoteTraceback).tb).toMatch(/cpython\.spec\.ts/);
      // _helper_reraises_exception should not make the error a remote exception
      const other = (await pool
        .map(sqr, exception_throwing_generator(1, -1), 1)
        .catch((reason: unknown) => reason)) as Error;
      expect(other).toBeInstanceOf(SayWhenError);
      expect(other.cause).toBeUndefined();
    });

    test('test_wrapped_exception', async () => {
      class Plain extends Error {}
      await expect(
        makePool(1).apply(() => {
          throw new Plain('foo');
        }),
      ).rejects.toBeInstanceOf(Plain);
    });

    test('test_map_no_failfast', async () => {
      // Issue #23992: the fail-fast behaviour when an exception is raised during map() would make Pool.join() deadlock.
      const [gate, log] = [path('gate'), path('log')];
      const pool = makePool(2);
      const unpickleable_after = (i: number): never => {
        if (i === 1) pass(gate);
        appendFileSync(log, `${i}\n`);
        throw new ValueError('x'.repeat(1024 ** 2));
      };
      const result = pool.map_async(unpickleable_after, [0, 1]);
      await until(() => lines(log).length === 1);
      expect(result.ready()).toBe(false);
      open(gate);
      await expect(result.get()).rejects.toBeInstanceOf(ValueError);
      pool.close();
      await soon(pool.join(), 'join');
      expect(lines(log)).toEqual(['0', '1']);
    });

    test('test_enter', async () => {
      const pool = makePool(1);
      await pool.terminate();
      await pool.join();
      await expect(pool.apply(sqr, [1])).rejects.toThrow('Pool not running');
    });
  },
  BOTH,
  SPAWN,
);

contract(
  '_TestPoolWorkerErrors',
  (makePool) => {
    test('test_async_error_callback', async () => {
      const scratchpad: unknown[] = [];
      const result = makePool(2).apply_async(raises, { error_callback: (error) => (scratchpad[0] = error) });
      const error: unknown = await result.get().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ValueError);
      expect(scratchpad[0]).toBe(error);
    });

    test('test_unpickleable_result', async () => {
      const pool = makePool(2);
      for (let i = 0; i < 20; i++) {
        const scratchpad: unknown[] = [];
        const unpickleable_result = (): unknown => exception_throwing_generator(1, 5);
        const result = pool.apply_async(unpickleable_result, {
          error_callback: (error) => (scratchpad[0] = error),
        });
        const error: unknown = await result.get().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(MaybeEncodingError);
        expect(scratchpad[0]).toBe(error);
        expect(
          [(error as MaybeEncodingError).exc, (error as MaybeEncodingError).value].every(
            (text) => text.length > 0,
          ),
        ).toBe(true);
      }
      pool.close();
      await pool.join();
    });
  },
  BOTH,
  SPAWN,
);

contract(
  '_TestPoolWorkerLifetime',
  (makePool) => {
    test('test_pool_worker_lifetime', async () => {
      const pool = makePool(3, { maxtasksperchild: 10 });
      const results = range(100).map((i) => pool.apply_async((x: number) => [x * x, worker()] as const, [i]));
      const values = await Promise.all(results.map((result) => result.get()));
      expect(values.map(([value]) => value)).toEqual(range(100).map(sqr));
      const counts = new Map<string, number>();
      for (const [, name] of values) counts.set(name, (counts.get(name) ?? 0) + 1);
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(10);
      pool.close();
      await pool.join();
    });

    test('test_pool_worker_lifetime_early_close', async () => {
      // Issue #10332: closing a pool whose workers have limited lifetimes before all the tasks completed would make join() hang.
      const pool = makePool(3, { maxtasksperchild: 1 });
      const results = range(6).map((i) => pool.apply_async(sqr, [i]));
      pool.close();
      await soon(pool.join(), 'join');
      expect(await Promise.all(results.map((result) => result.get()))).toEqual(range(6).map(sqr));
    });

    test('test_pool_maxtasksperchild_invalid', () => {
      for (const value of [0, -1, 0.5, '12']) {
        expect(() => makePool(3, { maxtasksperchild: value as never })).toThrow(
          'maxtasksperchild must be a positive int or None',
        );
      }
    });
  },
  BOTH,
  SPAWN,
);

contract(
  'TestInitializers',
  (makePool) => {
    test('test_pool_initializer', async () => {
      const log = path('log');
      expect(() => makePool({ initializer: 1 as never })).toThrow(TypeError);
      const pool = makePool(
        1,
        (file: string) => {
          appendFileSync(file, 'x\n');
        },
        [log],
      );
      pool.close();
      await soon(pool.join(), 'join');
      expect(lines(log)).toHaveLength(1);
    });

    test('test_large_pool (scaled down)', async () => {
      const values = await makePool(8).map(sqr, range(200));
      expect(values.reduce((a, b) => a + b)).toBe(
        range(200)
          .map(sqr)
          .reduce((a, b) => a + b),
      );
    });
  },
  BOTH,
  SPAWN,
);
