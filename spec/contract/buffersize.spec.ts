import { ValueError } from 'multiprocessing-ts/builtins';
import { BOTH, all, contract, drain, soon, STOP } from './support';

const double = (x: number): number => x * 2;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Counts what is taken from it. */
function counted(): { taken: number; input(): Generator<number> } {
  const counter = {
    taken: 0,
    *input(): Generator<number> {
      for (;;) yield counter.taken++;
    },
  };
  return counter;
}

contract(
  'buffersize',
  (makePool, _method, facade) => {
    test.each([
      [1, 1],
      [3, 1],
      [4, 2],
      [2, 5],
      [100, 10],
    ])('%i bounds what is submitted and not yet read (chunksize %i)', async (buffersize, chunksize) => {
      const counter = counted();
      const pool = makePool.shared(2);
      const it = pool.imap(double, counter.input(), { chunksize, buffersize });
      for (let i = 0; i < 30; i++) {
        expect(await it.next()).toEqual({ value: i * 2, done: false });
        expect(counter.taken).toBeLessThanOrEqual(i + 1 + buffersize);
      }
      await pool.apply(double, [1]);
      expect(counter.taken).toBeLessThanOrEqual(30 + buffersize);
      await it.return();
    });

    test('takes nothing more while nobody reads', async () => {
      const counter = counted();
      const pool = makePool(2);
      const it = pool.imap_unordered(double, counter.input(), { buffersize: 5 });
      for (let i = 0; i < 50; i++) await pool.apply(double, [i]);
      expect(counter.taken).toBeLessThanOrEqual(5);
      await it.return();
    });

    test('an endless input can be read for long', async () => {
      const it = makePool.shared(2).imap(double, counted().input(), { buffersize: 64 });
      let sum = 0;
      for (let i = 0; i < 5000; i++) sum += (await it.next()).value as number;
      expect(sum).toBe(5000 * 4999);
      await it.return();
    });

    test('everything comes, in order, whatever the two sizes are', async () => {
      const pool = makePool.shared(2);
      for (const [chunksize, buffersize] of [
        [1, 1],
        [3, 2],
        [2, 3],
        [7, 20],
      ] as const) {
        expect(await all(pool.imap(double, range(40), { chunksize, buffersize }))).toEqual(
          range(40).map(double),
        );
        const values = await all(pool.imap_unordered(double, range(40), { chunksize, buffersize }));
        expect(values.sort((a, b) => a - b)).toEqual(range(40).map(double));
      }
    });

    test('a failing chunk gives its place back', async () => {
      const fails = (x: number): number => {
        if (x % 5 === 0) throw new Error(String(x));
        return x;
      };
      const pool = makePool.shared(1);
      const items = await drain(pool.imap(fails, range(20), { chunksize: 2, buffersize: 4 }));
      expect(items).toEqual([
        'Error(0)',
        2,
        3,
        'Error(5)',
        6,
        7,
        8,
        9,
        'Error(10)',
        12,
        13,
        'Error(15)',
        16,
        17,
        18,
        19,
        STOP,
        STOP,
      ]);
    });

    test('one that waits for its reader does not hold later calls back', async () => {
      const pool = makePool(1);
      const it = pool.imap(double, counted().input(), { buffersize: 1 });
      expect(await soon(pool.map(double, [1, 2]))).toEqual([2, 4]);
      await it.return();
    });

    test('close stops taking: what is submitted comes, then the error, then the end', async () => {
      const counter = counted();
      const pool = makePool(1);
      const it = pool.imap(double, counter.input(), { buffersize: 3 });
      expect((await it.next()).value).toBe(0);
      pool.close();
      await soon(pool.join(), 'join');
      const items = await drain(it, (error) => `${error.name}(${error.message})`);
      expect(items.slice(-3)).toEqual(['ValueError(Pool not running)', STOP, STOP]);
      expect(items.slice(0, -3)).toEqual(range(counter.taken).slice(1).map(double));
    });

    // An asynchronous input cannot be read by a call that blocks.
    if (facade === 'async') {
      test('close rejects a reader that waits', async () => {
        const pool = makePool(1);
        const input = async function* (): AsyncGenerator<number> {
          yield 1;
          await new Promise(() => undefined);
        };
        const it = pool.imap(double, input(), { buffersize: 3 });
        expect((await it.next()).value).toBe(2);
        const waiting = it.next();
        pool.close();
        await expect(soon(waiting)).rejects.toBeInstanceOf(ValueError);
        await soon(pool.join(), 'join');
      });
    }

    // An asynchronous input cannot be read by a call that blocks.
    if (facade === 'async') {
      test('an async input is bounded too', async () => {
        let taken = 0;
        const input = async function* (): AsyncGenerator<number> {
          for (;;) {
            await Promise.resolve();
            yield taken++;
          }
        };
        const pool = makePool.shared(2);
        const it = pool.imap(double, input(), { buffersize: 4 });
        for (let i = 0; i < 20; i++) expect((await it.next()).value).toBe(i * 2);
        for (let i = 0; i < 20; i++) await pool.apply(double, [i]);
        // One more may have been asked ahead.
        expect(taken).toBeLessThanOrEqual(25);
        await it.return();
      });
    }
  },
  BOTH,
);
