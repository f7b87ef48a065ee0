import { len, ValueError } from 'multiprocessing-ts/builtins';
import {
  getcurrent,
  Greenlet,
  GreenletExit,
  monkey,
  pool as pools,
  sleep,
  spawn,
} from 'multiprocessing-ts/gevent';
import { Group, Pool, PoolFull } from 'multiprocessing-ts/gevent/pool';
import { all, until } from '../../contract/support';
import { expectKilled, failed, foreign, greenletOf, stderr, turns } from './support';

const errors = stderr();

const square = async (x: number): Promise<number> => {
  await sleep();
  return x * x;
};

test('the doors hold the same', () => {
  expect(pools.Pool).toBe(Pool);
  expect(Object.keys(monkey)).toEqual(['patch_all']);
});

describe('a pool', () => {
  test('runs no more than its size at a time, and the others in the order of the calls', async () => {
    const pool = new Pool(2);
    let most = 0;
    const order: number[] = [];
    for (let i = 0; i < 6; i++) {
      pool.spawn(async () => {
        order.push(i);
        most = Math.max(most, len(pool));
        await sleep();
      });
    }
    expect([len(pool), pool.free_count(), pool.full()]).toEqual([2, 0, true]);
    expect(await pool.join()).toBe(true);
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5]]);
    expect([len(pool), pool.free_count(), pool.full()]).toEqual([0, 2, false]);
  });

  test('gives the greenlet at once, even if it has to wait', async () => {
    const pool = new Pool(1);
    const { promise, resolve } = foreign();
    const first = pool.spawn(() => promise);
    const second = pool.spawn(() => 2);
    await turns();
    expect([first.started, second.started, second.ready()]).toEqual([true, false, false]);
    resolve();
    expect(await second.get()).toBe(2);
  });

  test('lets one in for each that ends, however it ends', async () => {
    const pool = new Pool(1);
    pool.spawn(() => {
      throw new ValueError('bad');
    });
    const killed = pool.spawn(sleep, 10);
    const inLine = pool.spawn(sleep, 10);
    const last = pool.spawn(() => 'last');
    await until(() => killed.started);
    void inLine.kill();
    await killed.kill();
    expect(await last.get()).toBe('last');
    expect(await pool.join()).toBe(true);
    expect(errors()).toMatch(failed(greenletOf('<lambda>'), 'ValueError'));
  });

  test('without a size has no limit; its free_count is 1, as in gevent', async () => {
    const pool = new Pool();
    for (let i = 0; i < 100; i++) pool.spawn(sleep);
    expect([len(pool), pool.free_count(), pool.full(), pool.size]).toEqual([100, 1, false, null]);
    await pool.join();
  });

  test('knows its greenlets', async () => {
    const pool = new Pool(1);
    const greenlet = pool.spawn(() => pool.has(getcurrent()));
    expect([...pool]).toEqual([greenlet]);
    expect([pool.has(greenlet), pool.has(getcurrent())]).toEqual([true, false]);
    expect(await greenlet.get()).toBe(true);
  });

  test('needs a size that can be', () => {
    expect(() => new Pool(-1)).toThrow(new ValueError('size must not be negative: -1'));
    expect(() => new Pool(1.5)).toThrow(TypeError);
    expect(() => new Pool('2' as never)).toThrow(TypeError);
  });
});

describe('join of a pool', () => {
  test('waits for those in line, too', async () => {
    const pool = new Pool(1);
    const greenlets = [1, 2, 3].map((x) => pool.spawn(square, x));
    await pool.join();
    expect(greenlets.map((each) => each.value)).toEqual([1, 4, 9]);
  });

  test('tells whether the pool became empty in time', async () => {
    const pool = new Pool(1);
    const greenlet = pool.spawn(sleep, 10);
    expect(await pool.join(0.01)).toBe(false);
    expect(await pool.join({ timeout: 0.01 })).toBe(false);
    void greenlet.kill();
    expect(await pool.join()).toBe(true);
    expect(await new Pool(0).join()).toBe(true);
  });

  test('throws the error of a greenlet, if it is told to', async () => {
    const pool = new Pool(1);
    pool.spawn(sleep);
    pool.spawn(() => {
      throw new ValueError('bad');
    });
    await expect(pool.join({ raise_error: true })).rejects.toThrow('bad');
    pool.spawn(() => {
      throw new ValueError('bad');
    });
    expect(await pool.join()).toBe(true);
  });
});

describe('room in a pool', () => {
  test('can be waited for', async () => {
    const pool = new Pool(2);
    expect(await pool.wait_available()).toBe(2);
    const [a, b] = [pool.spawn(sleep, 10), pool.spawn(sleep, 10)];
    expect(await pool.wait_available(0.01)).toBe(0);
    const available = pool.wait_available();
    void a.kill();
    expect(await available).toBe(1);
    await b.kill();
  });

  test('is waited for by start and add', async () => {
    const pool = new Pool(1);
    const first = pool.spawn(sleep, 10);
    const [second, third] = [new Greenlet(() => 2), spawn(sleep, 0.01)];
    const [started, added] = [pool.start(second), pool.add(third)];
    await turns();
    expect(second.started).toBe(false);
    void first.kill();
    await started;
    expect(await second.get()).toBe(2);
    await added;
    await pool.join();
    expect(third.ready()).toBe(true);
  });

  test('is not waited for any longer by one that was killed', async () => {
    const pool = new Pool(0);
    const greenlet = new Greenlet(sleep, 10);
    const started = pool.start(greenlet);
    void greenlet.kill();
    await started;
    expect(await pool.join()).toBe(true);
  });

  test('that is not there, or not in time, is a PoolFull', async () => {
    const pool = new Pool(1);
    const first = pool.spawn(sleep, 10);
    const second = new Greenlet(sleep, 10);
    await expect(pool.start(second, { blocking: false })).rejects.toThrow(PoolFull);
    await expect(pool.add(second, true, 0.01)).rejects.toThrow(PoolFull);
    await first.kill();
    await turns();
    expect([second.started, second.has_links(), len(pool)]).toEqual([false, 0, 0]);
  });

  test('is not taken by one that was let go, nor by one that has ended', async () => {
    const pool = new Pool(1);
    const first = pool.spawn(sleep, 10);
    pool.discard(first);
    expect([pool.free_count(), first.started]).toEqual([1, true]);
    await first.kill();
    await pool.add(first);
    expect(pool.free_count()).toBe(1);
  });
});

describe('kill of a pool', () => {
  test('ends those inside and those in line', async () => {
    const pool = new Pool(2);
    const greenlets = [1, 2, 3, 4].map(() => pool.spawn(sleep, 10));
    await turns();
    await pool.kill();
    for (const each of greenlets) expectKilled(each);
    expect(len(pool)).toBe(0);
    expect(await pool.apply(square, [3])).toBe(9);
  });

  test('ends those that come meanwhile, too', async () => {
    const pool = new Pool(5);
    let late: Greenlet | null = null;
    pool.spawn(async () => {
      await sleep(10).catch(() => {
        late = pool.spawn(sleep, 10);
      });
    });
    await turns();
    await pool.kill();
    expectKilled(late as unknown as Greenlet);
  });

  test('waits no longer than it is told', async () => {
    const { promise, resolve } = foreign();
    const pool = new Pool(1);
    const stubborn = pool.spawn(async () => {
      await sleep(10).catch(() => promise);
    });
    await turns();
    await pool.kill({ timeout: 0.01 });
    expect(stubborn.ready()).toBe(false);
    resolve();
    await pool.kill();
    expect(stubborn.successful()).toBe(true);
  });

  test('ends a map: it will never be complete', async () => {
    const pool = new Pool(1);
    const list = pool.map((x: number) => sleep(x), [10, 10, 10]);
    const greenlet = pool.map_async((x: number) => sleep(x), [10, 10, 10]);
    await turns();
    await pool.kill();
    await expect(list).rejects.toThrow(GreenletExit);
    await greenlet.join();
    expectKilled(greenlet);
    expect(len(pool)).toBe(0);
  });

  test('of one greenlet leaves the others', async () => {
    const pool = new Pool(2);
    const [a, b] = [pool.spawn(sleep, 10), pool.spawn(sleep, 10)];
    await turns();
    await pool.killone(a);
    expectKilled(a);
    expect(b.ready()).toBe(false);
    const outside = spawn(sleep, 0.001);
    await pool.killone(outside);
    expect(outside.ready()).toBe(false);
    await b.kill();
    await outside.get();
  });
});

describe('apply of a pool', () => {
  test('gives the result, with keywords as a last object', async () => {
    const pool = new Pool(1);
    const f = (a: number, kwds?: { b: number }): number => a + (kwds?.b ?? 0);
    expect(await pool.apply(f, [1])).toBe(1);
    expect(await pool.apply(f, [1], { b: 2 })).toBe(3);
    expect(await pool.apply(f, [1], {})).toBe(1);
    expect(await pool.apply(f, { args: [1], kwds: { b: 5 } })).toBe(6);
  });

  test('throws what the function throws', async () => {
    await expect(
      new Pool(1).apply(() => {
        throw new ValueError('bad');
      }),
    ).rejects.toThrow('bad');
  });

  test('from one of its greenlets does not wait for room', async () => {
    const pool = new Pool(1);
    expect(await pool.apply(() => pool.apply(square, [3]))).toBe(9);
  });

  test('asynchronously gives a greenlet and calls back with the value', async () => {
    const pool = new Pool(1);
    const values: number[] = [];
    const callback = (value: number): unknown => values.push(value);
    const greenlets = [
      pool.apply_async(square, [2], { callback }),
      pool.apply_async(square, [3], {}, callback),
      pool.apply_async(square, { args: [4], callback }),
    ];
    await pool.join();
    expect(greenlets.map((each) => each.value)).toEqual([4, 9, 16]);
    await turns();
    expect(values).toEqual([4, 9, 16]);
  });

  test('asynchronously does not call back with an error', async () => {
    const values: unknown[] = [];
    const greenlet = new Pool(1).apply_async(
      () => {
        throw new ValueError('bad');
      },
      [],
      {},
      (x) => values.push(x),
    );
    await greenlet.join();
    await turns();
    expect(values).toEqual([]);
  });

  test('needs functions', async () => {
    await expect(new Pool(1).apply(5 as never)).rejects.toThrow(TypeError);
    expect(() => new Pool(1).apply_async(5 as never)).toThrow(TypeError);
    expect(() => new Pool(1).apply_async(square, [1], {}, 5 as never)).toThrow(TypeError);
  });
});

describe('map of a pool', () => {
  test('gives the results in the order of the input', async () => {
    const pool = new Pool(3);
    const slow = async (x: number): Promise<number> => {
      await sleep(0.01 / x);
      return x;
    };
    expect(await pool.map(slow, [1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
    expect(await pool.map(slow, [])).toEqual([]);
    expect(await pool.map((word) => word.length, new Set(['a', 'bb']))).toEqual([1, 2]);
  });

  test('takes asynchronous inputs', async () => {
    async function* input(): AsyncGenerator<number> {
      for (const x of [1, 2, 3]) {
        await sleep();
        yield x;
      }
    }
    expect(await new Pool(2).map(square, input())).toEqual([1, 4, 9]);
  });

  test('fails with the first item that fails; the others run on', async () => {
    const done: number[] = [];
    const pool = new Pool(1);
    const f = (x: number): void => {
      if (x === 2) throw new ValueError(`bad ${x}`);
      done.push(x);
    };
    await expect(pool.map(f, [1, 2, 3, 4])).rejects.toThrow('bad 2');
    await until(() => done.length === 3);
    expect(done).toEqual([1, 3, 4]);
  });

  test('in a greenlet calls back with the list', async () => {
    const lists: number[][] = [];
    const greenlet = new Pool(2).map_async(square, [1, 2], (list) => lists.push(list));
    expect(await greenlet.get()).toEqual([1, 4]);
    await turns();
    expect(lists).toEqual([[1, 4]]);
  });

  test('leaves promises in the input alone', async () => {
    const items = [Promise.resolve(1)];
    expect(await new Pool(1).map((item: Promise<number>) => item instanceof Promise, items)).toEqual([true]);
  });
});

describe('imap of a pool', () => {
  test('takes an item when there is room for it, and one in advance', async () => {
    let drawn = 0;
    function* endless(): Generator<number> {
      try {
        for (;;) yield ++drawn;
      } finally {
        drawn = -drawn;
      }
    }
    const pool = new Pool(3);
    const results = pool.imap(() => foreign().promise, endless());
    await turns(20);
    expect(drawn).toBe(4);
    await results.return();
    await turns();
    expect(drawn).toBe(-4);
    expect(await results.next()).toEqual({ value: undefined, done: true });
    await pool.kill();
  });

  test('takes several iterables, until the shortest ends and the others are closed', async () => {
    let closed = false;
    function* forever(): Generator<string> {
      try {
        for (;;) yield 'x';
      } finally {
        closed = true;
      }
    }
    const results = new Pool(2).imap((a: number, b: string) => b.repeat(a), [1, 2, 3], forever());
    expect(await all(results)).toEqual(['x', 'xx', 'xxx']);
    expect(closed).toBe(true);
  });

  test('keeps no more results than maxsize', async () => {
    const started: number[] = [];
    const results = new Pool(5).imap((x: number) => started.push(x), [1, 2, 3, 4, 5, 6], { maxsize: 2 });
    await turns(20);
    expect(started).toEqual([1, 2]);
    await results.next();
    await turns(20);
    expect(started).toEqual([1, 2, 3]);
    expect(await all(results)).toHaveLength(5);
    expect(started).toHaveLength(6);
  });

  test('ends the loop at an item that fails; next goes on', async () => {
    const half = (x: number): number => {
      if (x === 0) throw new ValueError('zero');
      return 1 / x;
    };
    const results = new Pool(1).imap(half, [1, 0, 2]);
    expect(await results.next()).toEqual({ value: 1, done: false });
    await expect(results.next()).rejects.toThrow('zero');
    expect(await results.next()).toEqual({ value: 0.5, done: false });
    expect(await results.next()).toEqual({ value: undefined, done: true });
    expect(await results.next()).toEqual({ value: undefined, done: true });
  });

  test('fails with the input after all results, once', async () => {
    function* input(): Generator<number> {
      yield 1;
      yield 2;
      throw new ValueError('input');
    }
    const results = new Pool(3).imap(square, input());
    expect([(await results.next()).value, (await results.next()).value]).toEqual([1, 4]);
    await expect(results.next()).rejects.toThrow('input');
    expect(await results.next()).toEqual({ value: undefined, done: true });
  });

  test('serves several readers', async () => {
    const results = new Pool(2).imap(square, [1, 2, 3]);
    const read = await Promise.all([results.next(), results.next(), results.next(), results.next()]);
    expect(read.map((each) => each.value)).toEqual([1, 4, 9, undefined]);
  });

  test('unordered gives the results as they come', async () => {
    const gates = [foreign(), foreign(), foreign()];
    const results = new Pool(3).imap_unordered(
      async (i: number) => {
        await gates[i]?.promise;
        return i;
      },
      [0, 1, 2],
    );
    const order: number[] = [];
    for (const i of [2, 0, 1]) {
      gates[i]?.resolve();
      order.push((await results.next()).value ?? -1);
    }
    expect(order).toEqual([2, 0, 1]);
  });

  test('throws at the call for wrong arguments', () => {
    const pool = new Pool(1);
    expect(() => pool.imap(5 as never, [])).toThrow(new TypeError('imap() takes a function'));
    expect(() => pool.imap(square, 5 as never)).toThrow(new TypeError("'int' object is not iterable"));
    expect(() => pool.imap_unordered(square, [1], { maxsize: -1 })).toThrow(ValueError);
  });
});

describe('a group', () => {
  test('takes greenlets that run, and lets them go when they have ended', async () => {
    const greenlets = [spawn(sleep, 0.001), spawn(sleep, 0.002)];
    const group = new Group(greenlets);
    expect(len(group)).toBe(2);
    await group.add(spawn(sleep, 0.003));
    await group.join();
    expect(len(group)).toBe(0);
    expect([group.full(), await group.wait_available()]).toEqual([false, 1]);
  });
});
