import { Pool } from 'multiprocessing-ts';
import { ThreadPoolExecutor } from 'multiprocessing-ts/concurrent/futures';
import { MaybeEncodingError, ThreadPool } from 'multiprocessing-ts/pool';
import { PicklingError, register } from 'multiprocessing-ts/reduction';
import { all, drain, excOf, soon } from './support';

const cells = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
const add = (to: Int32Array, times: number): number => {
  for (let i = 0; i < times; i++) Atomics.add(to, 0, 1);
  return times;
};
const ITEMS = Array.from({ length: 100 }, (_, i) => i);

/** What it counts in, it tells nobody. */
class Counter {
  readonly #cells: Int32Array;
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }
  add(): number {
    return Atomics.add(this.#cells, 0, 1);
  }
  get memory(): SharedArrayBuffer {
    return this.#cells.buffer as SharedArrayBuffer;
  }
  get value(): number {
    return Atomics.load(this.#cells, 0);
  }
}
register(Counter, {
  reduce: ({ memory }) => memory,
  rebuild: (memory: SharedArrayBuffer) => new Counter(memory),
});

describe('threads share memory', () => {
  let pool: ThreadPool;
  beforeEach(() => {
    pool = new ThreadPool(4);
  });
  afterEach(async () => {
    await soon(pool.terminate(), 'terminate');
  });

  test('four threads count in one captured cell, and not one is lost', async () => {
    const counter = cells(1);
    await pool.map(() => add(counter, 2000), ITEMS, 1);
    expect(counter[0]).toBe(200_000);
  });

  test('given as an argument, an item, a keyword, and to the initializer', async () => {
    const counter = cells(1);
    let given: Int32Array | null = null;
    const other = new ThreadPool(2, (to: Int32Array) => void (given = to), [counter]);
    try {
      await other.map(() => add(given as unknown as Int32Array, 10), ITEMS);
    } finally {
      await other.terminate();
    }
    await pool.apply(add, [counter, 10]);
    await pool.starmap(
      add,
      ITEMS.map(() => [counter, 10] as const),
      5,
    );
    await all(pool.imap_unordered((to: Int32Array) => add(to, 10), new Array<Int32Array>(100).fill(counter)));
    await pool.apply((to: Int32Array, { times }: { times: number }) => add(to, times), [counter], {
      times: 10,
    });
    expect(counter[0]).toBe(3020);
  });

  test('each writes into its part of one memory, through views of any kind', async () => {
    const memory = new SharedArrayBuffer(100 * 8);
    await pool.map((i: number) => void (new Float64Array(memory)[i] = i / 2), ITEMS);
    await pool.map(
      (view: DataView) => {
        view.setFloat64(0, view.getFloat64(0, true) + 1, true);
      },
      ITEMS.map((i) => new DataView(memory, i * 8, 8)),
    );
    expect([...new Float64Array(memory)]).toEqual(ITEMS.map((i) => i / 2 + 1));
  });

  test('what one thread makes and returns, the others and this process share', async () => {
    const made = await pool.apply(() => ({ list: [new Int32Array(new SharedArrayBuffer(8))] }));
    const [data] = made.list as [Int32Array];
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    await pool.map(() => add(data, 10), ITEMS);
    expect(data[0]).toBe(1000);
  });

  test('so it is for a property of what is thrown', async () => {
    const error = (await pool
      .apply(() => {
        const data = new Int32Array(new SharedArrayBuffer(4));
        throw Object.assign(new RangeError('full'), { data });
      })
      .catch((each: unknown) => each)) as RangeError & { data: Int32Array };
    expect(error).toBeInstanceOf(RangeError);
    await pool.map(() => add(error.data, 1), ITEMS);
    expect(error.data[0]).toBe(100);
  });

  test('an instance that hides it from others', async () => {
    const counter = new Counter(new SharedArrayBuffer(4));
    await pool.map(() => counter.add(), ITEMS);
    await pool.map((each: Counter) => each.add(), new Array<Counter>(100).fill(counter));
    expect((await pool.apply(() => counter)).add()).toBe(200);
    expect(counter.value).toBe(201);
  });

  test('a thread wakes another', async () => {
    const flag = cells(1);
    const waiting = pool.apply_async(() => Atomics.wait(flag, 0, 0, 45_000));
    await pool.apply(
      (to: Int32Array) => {
        Atomics.store(to, 0, 1);
        Atomics.notify(to, 0);
      },
      [flag],
    );
    // It may have come too late to sleep.
    expect(['ok', 'not-equal']).toContain(await soon(waiting.get()));
  });

  test('threads of threads, and threads of processes', async () => {
    const counter = cells(1);
    const below = async (to: Int32Array): Promise<number> => {
      const pool = new ThreadPool(2);
      try {
        await pool.map(() => add(to, 10), ITEMS);
        await pool.map((each: Int32Array) => add(each, 10), new Array<Int32Array>(10).fill(to));
      } finally {
        await pool.terminate();
      }
      return to[0] as number;
    };
    expect(await pool.apply(below, [counter])).toBe(1100);
    expect(counter[0]).toBe(1100);
    const processes = new Pool(1);
    try {
      expect(await processes.apply(async () => below(new Int32Array(new SharedArrayBuffer(4))))).toBe(1100);
    } finally {
      await processes.terminate();
    }
  });

  test('an executor of threads', async () => {
    const counter = cells(1);
    await using executor = new ThreadPoolExecutor(2);
    const futures = ITEMS.map(() => executor.submit(add, counter, 10));
    for (const future of futures) await future.result();
    await all(executor.map((_: number) => add(counter, 10), ITEMS));
    expect(counter[0]).toBe(2000);
  });

  test('ordinary memory is copied, at the moment of the call, and arrives as ordinary', async () => {
    const data = new Uint8Array(200_000).fill(1);
    const results = ITEMS.map(() =>
      pool.apply_async(
        (x: Uint8Array) => [x.buffer.constructor.name, x.every((each) => each === 1), x.fill(2).length],
        [data],
      ),
    );
    data.fill(3);
    for (const result of results) expect(await result.get()).toEqual(['ArrayBuffer', true, 200_000]);
    expect(data.every((each) => each === 3)).toBe(true);
    const back = await pool.apply((length: number) => new Uint8Array(length), [200_000]);
    expect(back.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe('processes are refused shared memory', () => {
  const data = cells(2);
  const why =
    /^a SharedArrayBuffer cannot be sent to another process: use a ThreadPool.*\n {2}reached through:\n([^]*)$/;
  let pool: Pool;
  beforeEach(() => {
    pool = new Pool(1);
  });
  afterEach(async () => {
    await soon(pool.terminate(), 'terminate');
  });

  /** The way to the culprit, as the error tells it. */
  async function wayOf(call: () => unknown): Promise<string[]> {
    const { type, str } = await excOf(call);
    expect(type).toBe('PicklingError');
    const [, way] = why.exec(str) ?? [null, str];
    return way.split('\n').map((line) => line.trim());
  }

  test('in arguments, by the result', async () => {
    expect(await wayOf(async () => pool.apply((x: Int32Array) => x[0], [data]))).toEqual(['[0]', '.buffer']);
    const result = pool.apply_async((x: unknown) => x, [{ list: [1, data.buffer] }]);
    expect(result.ready()).toBe(false);
    expect(await wayOf(async () => result.get())).toEqual(['[0]', '.list', '[1]']);
    expect(
      await drain(
        pool.imap((x: unknown) => x, [1, data, 2]),
        ({ name }) => name,
      ),
    ).toEqual([1, 'PicklingError', 2, 'StopIteration', 'StopIteration']);
  });

  test('in what a function captures, also when threads run the same function', async () => {
    const f = (): number => Atomics.add(data, 1, 1);
    const threads = new ThreadPool(1);
    try {
      const before = await threads.apply(f);
      expect((await wayOf(async () => pool.apply(f))).slice(1)).toEqual(["variable 'data'", '.buffer']);
      expect(await threads.apply(f)).toBe(before + 1);
      expect((await wayOf(async () => pool.map(f, [1, 2]))).slice(1)).toEqual(["variable 'data'", '.buffer']);
      expect(await threads.apply(f)).toBe(before + 2);
    } finally {
      await threads.terminate();
    }
  });

  test('before any worker is touched', async () => {
    const seen: unknown[] = [];
    const before = await pool.apply(() => process.pid);
    const result = pool.apply_async((x: unknown) => x, [data], {
      error_callback: (error) => seen.push(error),
    });
    await soon(result.wait());
    expect(seen).toEqual([expect.any(PicklingError)]);
    expect(await pool.apply(() => process.pid)).toBe(before);
  });

  test('for the initializer, at the construction', () => {
    expect(() => new Pool(1, (x: unknown) => x, [data])).toThrow(PicklingError);
    expect(() => new Pool(1, () => data[0])).toThrow(PicklingError);
  });

  test('on the way back', async () => {
    const returned = await pool
      .apply(() => new Int32Array(new SharedArrayBuffer(4)))
      .catch((each: unknown) => each);
    expect(returned).toBeInstanceOf(MaybeEncodingError);
    expect((returned as MaybeEncodingError).exc).toMatch(
      /a SharedArrayBuffer cannot be sent to another process/,
    );
    const thrown = await pool
      .apply(() => {
        throw Object.assign(new Error('boom'), { data: new SharedArrayBuffer(4), code: 5 });
      })
      .catch((each: unknown) => each);
    expect(thrown).toMatchObject({ message: 'boom', code: 5 });
    expect(thrown).not.toHaveProperty('data');
  });
});
