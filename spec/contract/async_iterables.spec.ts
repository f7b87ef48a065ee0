import { TerminatedError } from 'multiprocessing-ts/pool';
import { all, contract, drain, soon, STOP } from './support';

const double = (x: number): number => x * 2;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* stream(n: number, at = -1): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) {
    await turn();
    if (i === at) throw new Error(`at ${i}`);
    yield i;
  }
}

/** An input that waits until it is fed. */
class Feed implements AsyncIterableIterator<number> {
  readonly #given: ((result: IteratorResult<number>) => void)[] = [];
  asked = 0;
  closed = false;
  next(): Promise<IteratorResult<number>> {
    this.asked++;
    return new Promise((resolve) => this.#given.push(resolve));
  }
  give(value: number): void {
    this.#given.shift()?.({ value, done: false });
  }
  end(): void {
    this.#given.shift()?.({ value: undefined, done: true });
  }
  return(): Promise<IteratorResult<number>> {
    this.closed = true;
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

contract('async inputs', (makePool) => {
  test.each([undefined, 1, 4, 100])('imap, chunksize %p', async (chunksize) => {
    expect(await all(makePool.shared(2).imap(double, stream(30), chunksize))).toEqual(range(30).map(double));
  });

  test('imap_unordered', async () => {
    const values = await all(makePool.shared(2).imap_unordered(double, stream(30), 3));
    expect(values.sort((a, b) => a - b)).toEqual(range(30).map(double));
  });

  test('map, map_async, starmap', async () => {
    const pool = makePool.shared(2);
    const pairs = async function* (): AsyncGenerator<[number, number]> {
      for await (const i of stream(10)) yield [i, i];
    };
    expect(await pool.map(double, stream(30))).toEqual(range(30).map(double));
    expect(await pool.map_async(double, stream(30), 7).get()).toEqual(range(30).map(double));
    expect(await pool.starmap((a: number, b: number) => a + b, pairs())).toEqual(range(10).map(double));
  });

  test('an empty one', async () => {
    const pool = makePool.shared(1);
    expect(await pool.map(double, stream(0))).toEqual([]);
    expect(await all(pool.imap(double, stream(0)))).toEqual([]);
    expect(await all(pool.imap(double, stream(0), 3))).toEqual([]);
  });

  test('a web stream', async () => {
    const { readable, writable } = new TransformStream<number, number>();
    const writer = writable.getWriter();
    void (async () => {
      for (const i of range(10)) await writer.write(i);
      await writer.close();
    })();
    expect(await all(makePool(1).imap(double, readable as unknown as AsyncIterable<number>))).toEqual(
      range(10).map(double),
    );
  });

  test.each([
    [1, [0, 2, 4, 'Error(at 3)', STOP, STOP]],
    [2, [0, 2, 'Error(at 3)', STOP, STOP]],
    [4, ['Error(at 3)', STOP, STOP]],
  ])(
    'one that throws gives what was before it, as other inputs do (chunksize %i)',
    async (chunksize, expected) => {
      expect(await drain(makePool.shared(1).imap(double, stream(8, 3), chunksize))).toEqual(expected);
    },
  );

  test('one that throws rejects a map with its error, and nothing is run', async () => {
    const pool = makePool.shared(1);
    await expect(pool.map(double, stream(8, 3))).rejects.toThrow('at 3');
    const errors: unknown[] = [];
    await pool.map_async(double, stream(8, 3), { error_callback: (error) => errors.push(error) }).wait();
    expect(errors).toEqual([new Error('at 3')]);
  });

  test('an imap that waits for its input does not hold later calls back', async () => {
    const feed = new Feed();
    const pool = makePool(1);
    const it = pool.imap(double, feed);
    expect(await soon(pool.map(double, [1, 2]))).toEqual([2, 4]);
    feed.give(21);
    expect((await soon(it.next())).value).toBe(42);
    await it.return();
  });

  test('is asked for one item at a time', async () => {
    const feed = new Feed();
    const pool = makePool(2);
    const it = pool.imap(double, feed);
    await pool.apply(double, [1]);
    expect(feed.asked).toBe(1);
    feed.give(1);
    await it.next();
    expect(feed.asked).toBe(2);
    await it.return();
  });

  test('leaving the loop closes it', async () => {
    const feed = new Feed();
    const pool = makePool(1);
    const it = pool.imap(double, feed);
    await pool.apply(double, [1]);
    await it.return();
    expect(feed.closed).toBe(true);
    pool.close();
    await soon(pool.join(), 'join');
  });

  test('terminate ends the pool although an input throws when it is closed', async () => {
    const pool = makePool(1);
    class Stubborn extends Feed {
      override return(): never {
        throw new Error('not now');
      }
    }
    const results = [pool.map_async(double, new Stubborn()), pool.map_async(double, new Stubborn())];
    await pool.terminate();
    for (const result of results) await expect(result.get()).rejects.toThrow(TerminatedError);
  });

  test('terminate closes it and rejects what waits', async () => {
    const [feed, other] = [new Feed(), new Feed()];
    const pool = makePool(1);
    const it = pool.imap(double, feed);
    const waiting = it.next();
    const map = pool.map_async(double, other);
    const settled = Promise.allSettled([waiting]);
    await pool.apply(double, [1]);
    await pool.terminate();
    expect(await settled).toEqual([{ status: 'rejected', reason: expect.any(TerminatedError) as unknown }]);
    await expect(map.get()).rejects.toBeInstanceOf(TerminatedError);
    expect([feed.closed, other.closed]).toEqual([true, true]);
  });

  test('close and join wait for a map whose input is still coming', async () => {
    const feed = new Feed();
    const pool = makePool(1);
    const map = pool.map_async(double, feed);
    pool.close();
    const joined = pool.join();
    await turn();
    feed.give(4);
    await turn();
    feed.end();
    await soon(joined, 'join');
    expect(await map.get()).toEqual([8]);
  });

  test('close and join wait for an imap whose input is still coming', async () => {
    const pool = makePool(1);
    const it = pool.imap(double, stream(20));
    pool.close();
    await soon(pool.join(), 'join');
    expect(await all(it)).toEqual(range(20).map(double));
  });

  test('one whose next throws instead of rejecting', async () => {
    const bad = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          throw new Error('thrown');
        },
      }),
    };
    const pool = makePool.shared(1);
    await expect(pool.imap(double, bad as never).next()).rejects.toThrow('thrown');
    await expect(pool.map(double, bad as never)).rejects.toThrow('thrown');
  });

  test('one whose asyncIterator throws', async () => {
    const bad = {
      [Symbol.asyncIterator]: () => {
        throw new Error('thrown');
      },
    };
    const pool = makePool.shared(1);
    await expect(pool.imap(double, bad as never).next()).rejects.toThrow('thrown');
    await expect(pool.map(double, bad as never)).rejects.toThrow('thrown');
  });
});
