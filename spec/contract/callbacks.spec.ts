import { BOTH, contract, open, oracle, pass, scratch, until } from './support';

const path = scratch();
const recorded = oracle('p11_callbacks');
const f = (x: number): number => {
  if (x < 0) throw Object.assign(new Error(String(x)), { name: 'ValueError' });
  return x;
};

contract(
  'callbacks',
  (makePool, _method, facade) => {
    // What blocks cannot await a callback; its `apply` is made of `apply_async` here, which takes them.
    const inPromises = facade === 'async' ? test : test.skip;

    test('run before the result is ready', async () => {
      const gate = path('gate');
      const pool = makePool(2);
      const seen: unknown[] = [];
      const apply = pool.apply_async(pass, [gate], {}, () => {
        seen.push(apply.ready());
      });
      const map = pool.map_async(pass, [gate, gate], 1, () => {
        seen.push(map.ready());
      });
      open(gate);
      await Promise.all([apply.wait(), map.wait()]);
      expect(seen).toEqual([
        (recorded('apply_async').ok as { ready: boolean }).ready,
        (recorded('map_async').ok as { ready: boolean }).ready,
      ]);
      expect([apply.ready(), map.ready()]).toEqual([true, true]);
    });

    test.each([
      ['apply_async ok', (pool, a, b) => pool.apply_async(f, [1], {}, a, b)],
      ['apply_async err', (pool, a, b) => pool.apply_async(f, [-1], {}, a, b)],
      ['map_async ok', (pool, a, b) => pool.map_async(f, [1, 2, 3], null, a, b)],
      ['map_async err', (pool, a, b) => pool.map_async(f, [1, -2, 3], 1, a, b)],
      ['map_async 2 errs', (pool, a, b) => pool.map_async(f, [-1, -1, -1], 1, a, b)],
      ['starmap_async ok', (pool, a, b) => pool.starmap_async(f, [[1], [2]], null, a, b)],
      ['starmap_async err', (pool, a, b) => pool.starmap_async(f, [[1], [-2]], null, a, b)],
    ] as [
      string,
      (
        pool: ReturnType<typeof makePool>,
        callback: (value: unknown) => unknown,
        error_callback: (error: unknown) => unknown,
      ) => { wait(): Promise<void> },
    ][])('one of the two is called, once: %s', async (name, start) => {
      const [values, errors]: [unknown[], unknown[]] = [[], []];
      await start(
        makePool.shared(2),
        (value) => values.push(value),
        (error) => errors.push((error as Error).message),
      ).wait();
      const expected = recorded(name).ok as { callback: unknown[]; error_callback: { str: string }[] };
      expect({ callback: values, error_callback: errors }).toEqual({
        callback: expected.callback,
        error_callback: expected.error_callback.map(({ str }) => str),
      });
    });

    test('get the very list that get() returns', async () => {
      const lists: unknown[] = [];
      const pool = makePool.shared(1);
      const first = pool.map_async(f, [1, 2, 3], { callback: (list) => lists.push(list) });
      expect((await first.get()) === lists[0]).toBe(
        recorded('map callback arg is the same list object as get()').ok,
      );
      const second = pool.map_async(f, [1, 2, 3], { callback: (list) => (list as unknown[]).push('X') });
      expect(await second.get()).toEqual(recorded('callback mutation visible in get()').ok);
    });

    test('run in the order in which the results come', async () => {
      const [first, second] = [path('a'), path('b')];
      const pool = makePool(2);
      const order: number[] = [];
      const a = pool.apply_async(pass, [first], {}, () => order.push(0.4));
      const b = pool.apply_async(pass, [second], {}, () => order.push(0.1));
      open(second);
      await b.wait();
      open(first);
      await a.wait();
      expect(order).toEqual(recorded('callbacks in completion order').ok);
    });

    test('that are falsy are none', async () => {
      const result = makePool.shared(1).apply_async(f, [1], {}, 0 as never, false as never);
      expect(await result.get()).toBe(recorded('callback=0 ignored').ok);
    });

    test('that are no functions are refused at the call (CPython fails later)', () => {
      const pool = makePool.shared(1);
      expect(() => pool.apply_async(f, [1], {}, 5 as never)).toThrow(TypeError);
      expect(() => pool.map_async(f, [1], { error_callback: 'x' as never })).toThrow(
        /error_callback must be a callable/,
      );
    });

    inPromises('apply takes none', async () => {
      const pool = makePool.shared(1);
      await expect(pool.apply(f, [1], {}, console.log as never)).rejects.toThrow(TypeError);
      await expect(pool.apply(f, [1], { callback: console.log } as never)).resolves.toBe(1);
      await expect(pool.apply(f, { args: [1], callback: console.log } as never)).rejects.toThrow(
        /apply\(\) got an unexpected keyword argument 'callback'/,
      );
      expect(recorded('apply(callback=)').exc?.str).toMatch(/got an unexpected keyword argument 'callback'/);
    });

    inPromises('that are async are awaited before the next one and before the result is ready', async () => {
      const pool = makePool.shared(2);
      const log: string[] = [];
      const slowly = (name: string) => async (): Promise<void> => {
        log.push(`begin ${name}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        log.push(`end ${name} ${results.map((result) => result.ready()).join()}`);
      };
      const results = ['a', 'b'].map((name) => pool.apply_async(f, [1], {}, slowly(name)));
      await Promise.all(results.map((result) => result.wait()));
      expect(log).toHaveLength(4);
      expect(log[0]!.slice(6)).toBe(log[1]!.slice(4, 5));
      expect(log[1]).toMatch(/false,false$/);
      expect(log[2]!.slice(6)).toBe(log[3]!.slice(4, 5));
    });

    inPromises('that are async are awaited by join', async () => {
      const pool = makePool(1);
      let done = false;
      pool.apply_async(f, [1], {}, async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        done = true;
      });
      pool.close();
      await pool.join();
      expect(done).toBe(true);
    });

    test('may submit more work', async () => {
      const pool = makePool(1);
      const values: number[] = [];
      const again = (x: number): void => {
        values.push(x);
        if (x < 5) pool.apply_async(f, [x + 1], {}, again);
      };
      pool.apply_async(f, [1], {}, again);
      await until(() => values.length === 5);
      expect(values).toEqual([1, 2, 3, 4, 5]);
    });

    test('may terminate the pool', async () => {
      const pool = makePool(1);
      const ended = new Promise<void>((resolve) => {
        pool.apply_async(f, [1], {}, () => {
          resolve(pool.terminate());
        });
      });
      await ended;
      expect(String(pool)).toMatch(/TERMINATE/);
    });

    inPromises('of twenty thousand results behind a slow one do not exhaust the stack', async () => {
      const pool = makePool(1);
      let calls = 0;
      const slow = pool.apply_async(f, [1], {}, async () => {
        await last.wait();
        calls++;
      });
      const items = Array.from({ length: 20_000 }, (_, i) => i);
      const results = items.map((i) => pool.apply_async(f, [i], {}, () => calls++));
      const last = pool.apply_async(f, [0]);
      await slow.wait();
      await Promise.all(results.map((result) => result.wait()));
      expect(calls).toBe(20_001);
    });
  },
  BOTH,
);
