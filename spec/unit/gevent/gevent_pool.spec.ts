import { len, range, sorted, ValueError, ZeroDivisionError } from 'multiprocessing-ts/builtins';
import { Greenlet, sleep, spawn, Timeout } from 'multiprocessing-ts/gevent';
import { Pool, PoolFull } from 'multiprocessing-ts/gevent/pool';
import { all } from '../../contract/support';
import { foreign, stderr, turns } from './support';

/**
 * What gevent's own tests check (src/gevent/tests/test__pool.py), under their names. Not here: what needs `Queue`,
 * the private semaphore, and what measures times.
 */

const errors = stderr();

class ExpectedException extends Error {}

const sqr = async (x: number, wait = 0): Promise<number> => {
  await sleep(wait);
  return x * x;
};
const squared = (x: number): number => x * x;
const squares = (count: number): number[] => [...range(count)].map(squared);

describe('TestCoroutinePool', () => {
  test('test_apply_async', async () => {
    const done = foreign();
    new Pool(2).apply_async(
      (_: string) => {
        done.resolve();
      },
      ['x'],
    );
    await expect(done.promise).resolves.toBeUndefined();
  });

  test('test_apply', async () => {
    expect(await new Pool(2).apply(() => 'return value')).toBe('return value');
  });

  test('test_apply_raises', async () => {
    const raiser = (): never => {
      throw new ExpectedException();
    };
    await expect(new Pool(1).apply(raiser)).rejects.toBeInstanceOf(ExpectedException);
  });

  test('test_multiple_coros', async () => {
    const evt = foreign();
    const results: string[] = [];
    const producer = async (): Promise<void> => {
      await sleep(0.001);
      results.push('prod');
      evt.resolve();
    };
    const consumer = async (): Promise<void> => {
      results.push('cons1');
      await evt.promise;
      results.push('cons2');
    };
    const pool = new Pool(2);
    const done = pool.spawn(consumer);
    pool.apply_async(producer);
    await done.get();
    expect(results).toEqual(['cons1', 'prod', 'cons2']);
  });

  test('test_reentrant', async () => {
    const pool = new Pool(1);
    const apply = (f: (a: number) => number, args: [number]): Promise<number> => pool.apply(f, args);
    expect(await pool.apply(apply, [(a: number) => a + 1, [5]])).toBe(6);
    const evt = foreign();
    pool.apply_async(evt.resolve);
    await evt.promise;
  });

  test('test_stderr_raising: an error in the report of an error loses no room', async () => {
    const pool = new Pool(1);
    process.stderr.write = () => {
      throw new Error('Whaaa');
    };
    const waiter = pool.spawn(() => {
      throw new ExpectedException('Whoa');
    });
    await expect(waiter.get({ timeout: 45 })).rejects.toThrow('Whoa');
    await sleep(0);
    expect(pool.free_count()).toBe(1);
    await pool.apply(sleep, [0]);
    await pool.join();
  });
});

describe('PoolBasicTests', () => {
  test('test_execute_async', async () => {
    const p = new Pool(2);
    expect(p.free_count()).toBe(2);
    const r: number[] = [];
    const append = (x: number): number => r.push(x);
    const first = p.spawn(append, 1);
    expect(p.free_count()).toBe(1);
    await first.get();
    expect(r).toEqual([1]);
    await sleep(0);
    expect(p.free_count()).toBe(2);
    p.apply_async(append, [2]);
    expect([p.free_count(), r]).toEqual([1, [1]]);
    p.apply_async(append, [3]);
    expect([p.free_count(), r]).toEqual([0, [1]]);
    p.apply_async(append, [4]);
    expect(r).toEqual([1]);
    await p.join();
    expect(sorted(r)).toEqual([1, 2, 3, 4]);
  });

  test('test_discard', async () => {
    const p = new Pool(1);
    const first = p.spawn(sleep, 1000);
    p.discard(first);
    await first.kill();
    expect([first.started, len(p), p.free_count()]).toEqual([false, 0, 1]);
  });

  test('test_add_method', async () => {
    const p = new Pool(1);
    const [first, second] = [spawn(sleep, 1000), spawn(sleep, 1000)];
    expect([p.free_count(), len(p)]).toEqual([1, 0]);
    await p.add(first);
    expect([p.free_count(), len(p)]).toEqual([0, 1]);
    const timeout = Timeout.start_new(0.01);
    await expect(p.add(second)).rejects.toBe(timeout);
    expect([p.free_count(), len(p)]).toEqual([0, 1]);
    await second.kill();
    await first.kill();
  });

  test.each<[string, (p: Pool, second: Greenlet) => Promise<void>]>([
    ['test_add_method_non_blocking', (p, second) => p.add(second, { blocking: false })],
    ['test_add_method_timeout', (p, second) => p.add(second, { timeout: 0.01 })],
    ['test_start_method_timeout', (p, second) => p.start(second, { timeout: 0.01 })],
  ])('%s', async (_name, enter) => {
    const p = new Pool(1);
    const [first, second] = [spawn(sleep, 1000), new Greenlet(sleep, 1000)];
    await p.add(first);
    await expect(enter(p, second)).rejects.toBeInstanceOf(PoolFull);
    await second.kill();
    await first.kill();
  });

  test('test_apply', async () => {
    expect(await new Pool().apply((a: number) => ['foo', a], [1])).toEqual(['foo', 1]);
  });

  test('test_init_error', () => {
    expect(() => new Pool(-1)).toThrow(ValueError);
  });
});

describe.each([
  ['TestPool', 1],
  ['TestPool2', 2],
  ['TestPool3', 3],
  ['TestPool10', 10],
  ['TestPoolUnlimit', null],
])('%s', (_name, size) => {
  test('test_apply', async () => {
    const pool = new Pool(size);
    expect(await pool.apply(sqr, [5])).toBe(25);
    const named = ({ x }: { x: number }): Promise<number> => sqr(x);
    expect(await pool.apply(named, [], { x: 3 })).toBe(9);
  });

  test('test_map', async () => {
    const pool = new Pool(size);
    expect(await pool.map((x) => sqr(x), range(10))).toEqual(squares(10));
    expect(await pool.map((x) => sqr(x), range(100))).toEqual(squares(100));
  });

  test('test_async, test_async_callback, test_async_timeout', async () => {
    const pool = new Pool(size);
    const result: number[] = [];
    const res = pool.apply_async(sqr, [7, 0.01], { callback: (x) => result.push(x) });
    expect(await res.get()).toBe(49);
    await turns();
    expect(result).toEqual([49]);
    const slow = pool.apply_async(sqr, [6, 10]);
    await expect(slow.get({ timeout: 0.01 })).rejects.toBeInstanceOf(Timeout);
    await slow.kill();
    expect(await pool.join()).toBe(true);
  });

  test('test_imap_list_small, test_imap_it_small, test_imap_it_large', async () => {
    const pool = new Pool(size);
    expect(await all(pool.imap((x) => sqr(x), range(10)))).toEqual(squares(10));
    const it = pool.imap((x) => sqr(x), range(1000));
    for (const i of range(1000)) expect((await it.next()).value).toBe(i * i);
    expect(await it.next()).toEqual({ value: undefined, done: true });
  });

  test('test_imap_random, test_imap_unordered_random', async () => {
    const pool = new Pool(size);
    const sqr_random_sleep = (x: number): Promise<number> => sqr(x, Math.random() * 0.01);
    expect(await all(pool.imap(sqr_random_sleep, range(10)))).toEqual(squares(10));
    expect(sorted(await all(pool.imap_unordered(sqr_random_sleep, range(10))))).toEqual(squares(10));
  });

  test('test_imap_unordered', async () => {
    const pool = new Pool(size);
    for (let times = 0; times < 2; times++) {
      const it = pool.imap_unordered((x) => sqr(x), range(1000));
      expect(sorted(await all(it))).toEqual(squares(1000));
    }
  });

  test('test_empty_imap, test_empty_imap_unordered, test_empty_map', async () => {
    const pool = new Pool(size);
    const none: number[] = [];
    expect(await all(pool.imap(squared, none))).toEqual([]);
    expect(await all(pool.imap_unordered(squared, none))).toEqual([]);
    expect(await pool.map(squared, none)).toEqual([]);
  });

  test('test_terminate', async () => {
    const pool = new Pool(size);
    const result = pool.map_async((x: number) => sleep(x), Array<number>((size ?? 10) * 2).fill(10));
    await turns();
    await pool.kill();
    await result.join();
    expect([result.ready(), len(pool)]).toEqual([true, 0]);
  });

  test('test_imap_unordered_sleep: in the order of completion', async () => {
    const pool = new Pool(size);
    const ends = new Map([1, 5, 10].map((x) => [x, foreign()]));
    const slow = async (x: number): Promise<string> => {
      await ends.get(x)?.promise;
      return String(x);
    };
    const completed = all(pool.imap_unordered(slow, [10, 1, 5]));
    for (const { resolve } of ends.values()) {
      await turns();
      resolve();
    }
    const result = await completed;
    const expected = size === 1 ? ['10', '1', '5'] : ['1', '5', '10'];
    expect(result).toEqual(expected);
  });

  test('test_imap_no_stop, test_imap_final_sleep: an input that ends late', async () => {
    const pool = new Pool(size);
    async function* final_sleep(): AsyncGenerator<number> {
      for (const i of range(3)) yield i;
      await sleep(0.01);
    }
    expect(await all(pool.imap((x) => sqr(x), final_sleep()))).toEqual([0, 1, 4]);
    expect(await all(pool.imap_unordered((x) => sqr(x), final_sleep()))).toEqual([0, 1, 4]);
  });

  test.each(['imap', 'imap_unordered'] as const)('test_imap_unordered_bounded_queue: %s', async (method) => {
    const pool = new Pool(size);
    const iterable = [...range(100)];
    let running = 0;
    const short_running_func = (i: number, _j: number): number => {
      running++;
      return i;
    };
    const mapping = pool[method](short_running_func, iterable, iterable, { maxsize: 1 });
    const result: number[] = [];
    for await (const x of mapping) {
      expect(running).toBeLessThanOrEqual(result.length + 2);
      result.push(x);
      await turns();
    }
    expect(sorted(result)).toEqual(iterable);
  });
});

describe('TestPool0', () => {
  test('test_wait_full', async () => {
    const p = new Pool(0);
    expect(p.free_count()).toBe(0);
    expect(p.full()).toBe(true);
    expect(await p.wait_available({ timeout: 0.01 })).toBe(0);
  });
});

describe('TestJoinEmpty', () => {
  test('is empty at once', async () => {
    expect(await new Pool().join()).toBe(true);
  });
});

describe('TestSpawn', () => {
  test('holds one at a time', async () => {
    const p = new Pool(1);
    expect(len(p)).toBe(0);
    p.spawn(sleep, 0.01);
    expect(len(p)).toBe(1);
    p.spawn(sleep, 0.01); // does not block here: it waits in line
    expect(len(p)).toBe(1);
    await p.join();
    expect(len(p)).toBe(0);
  });

  test('testSpawnAndWait', async () => {
    const p = new Pool(1);
    const g = p.spawn(sleep, 10);
    expect(await p.join(0.01)).toBe(false);
    void g.kill();
    expect(await p.join()).toBe(true);
    expect(len(p)).toBe(0);
  });
});

describe('TestErrorInIterator', () => {
  function* error_iter(): Generator<number> {
    yield 1;
    yield 2;
    throw new ExpectedException();
  }

  test('ends a map', async () => {
    await expect(new Pool(3).map(() => null, error_iter())).rejects.toBeInstanceOf(ExpectedException);
    expect(errors()).toContain('failed with ExpectedException');
  });

  test('ends an imap_unordered', async () => {
    const it = new Pool(3).imap_unordered(() => null, error_iter());
    await expect(all(it)).rejects.toBeInstanceOf(ExpectedException);
  });
});

describe('TestErrorInHandler', () => {
  const divide_by = (x: number): number => {
    if (x === 0) throw new ZeroDivisionError('float division by zero');
    return 1 / x;
  };

  test('test_map', async () => {
    await expect(new Pool(3).map(divide_by, [1, 0, 2])).rejects.toBeInstanceOf(ZeroDivisionError);
  });

  test.each(['imap', 'imap_unordered'] as const)('test_%s', async (method) => {
    const it = new Pool(1)[method](divide_by, [1, 0, 2]);
    expect((await it.next()).value).toBe(1);
    await expect(it.next()).rejects.toBeInstanceOf(ZeroDivisionError);
    expect((await it.next()).value).toBe(0.5);
    expect((await it.next()).done).toBe(true);
  });
});
