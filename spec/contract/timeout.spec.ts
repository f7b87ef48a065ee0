import { appendFileSync, existsSync } from 'node:fs';
import { ProcessError, TimeoutError } from 'multiprocessing-ts';
import { BOTH, contract, drain, lines, open, pass, scratch, soon, STOP, until, worker } from './support';

const path = scratch();
const forever = (): never => {
  for (;;);
};
const identity = <T>(x: T): T => x;
/** -1 never ends. */
const sometimes = (x: number): number => (x === -1 ? forever() : x);

contract(
  'timeout',
  (makePool) => {
    test('a task that overruns rejects with TimeoutError, and its worker is replaced', async () => {
      const pool = makePool(1);
      const before = await pool.apply(worker);
      const error = await soon(pool.apply(forever, [], { timeout: 0.2 })).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toBeInstanceOf(ProcessError);
      expect((error as Error).message).toMatch(/0\.2/);
      expect(await pool.apply(worker)).not.toBe(before);
    });

    test('an async task that overruns too', async () => {
      const pool = makePool(1);
      const never = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 1e8));
      };
      await expect(soon(pool.apply(never, [], { timeout: 0.2 }))).rejects.toBeInstanceOf(TimeoutError);
    });

    test('is counted from the start of the task, not from its submission', async () => {
      const gate = path('gate');
      const pool = makePool(1);
      const first = pool.apply_async(pass, [gate]);
      const second = pool.apply_async(identity, [7], {}, { timeout: 0.3 });
      await expect(second.get(0.6)).rejects.toThrow(TimeoutError);
      expect(second.ready()).toBe(false);
      open(gate);
      await first.get();
      expect(await second.get(15)).toBe(7);
    });

    test('is not reached by a task in time whose long answer this process has had no time to read', async () => {
      const begun = path('begun');
      const gate = path('gate');
      const pool = makePool(1);
      const work = (mark: string, file: string): Buffer => {
        const { existsSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
        writeFileSync(mark, '');
        while (!existsSync(file));
        return Buffer.alloc(8_000_000, 1);
      };
      const result = pool.apply_async(work, [begun, gate], {}, { timeout: 1.5 });
      await until(() => existsSync(begun));
      // That it has begun is read.
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
      open(gate);
      const begin = performance.now();
      while (performance.now() < begin + 1700);
      expect((await result.get()).length).toBe(8_000_000);
    });

    test('is not reached by a task in time', async () => {
      expect(await makePool(1).apply(identity, [1], { timeout: 30 })).toBe(1);
      expect(await makePool(1).apply(identity, [1], { timeout: Infinity })).toBe(1);
    });

    test('hits its own task only: what waited behind it is run elsewhere', async () => {
      const log = path('log');
      const note = (i: number): number => {
        appendFileSync(log, `${i}\n`);
        return i;
      };
      const pool = makePool(1);
      const slow = pool.apply_async(forever, [], {}, { timeout: 0.3 });
      const others = [1, 2, 3].map((i) => pool.apply_async(note, [i]));
      await expect(soon(slow.get())).rejects.toBeInstanceOf(TimeoutError);
      expect(await Promise.all(others.map((other) => soon(other.get())))).toEqual([1, 2, 3]);
      expect(lines(log)).toEqual(['1', '2', '3']);
    });

    test('counts per item in a chunk: many short items may take longer together', async () => {
      const wait = (x: number): number => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
        return x;
      };
      const items = Array.from({ length: 12 }, (_, i) => i);
      expect(await makePool(1).map(wait, items, { chunksize: 12, timeout: 0.5 })).toEqual(items);
    });

    test('of an item in the middle of a chunk fails its chunk', async () => {
      const pool = makePool(1);
      await expect(
        soon(pool.map(sometimes, [1, 2, -1, 4], { chunksize: 4, timeout: 0.3 })),
      ).rejects.toBeInstanceOf(TimeoutError);
      await expect(
        soon(pool.starmap(sometimes, [[1], [-1]], { chunksize: 2, timeout: 0.3 })),
      ).rejects.toBeInstanceOf(TimeoutError);
    });

    test('of one chunk lets the others be done', async () => {
      const log = path('log');
      const note = (i: number): number => {
        appendFileSync(log, `${i}\n`);
        return sometimes(i);
      };
      const result = makePool(1).map_async(note, [1, -1, 3], { chunksize: 1, timeout: 0.3 });
      await expect(soon(result.get())).rejects.toBeInstanceOf(TimeoutError);
      expect(lines(log)).toEqual(['1', '-1', '3']);
    });

    test.each(['imap', 'imap_unordered'] as const)(
      '%s gives the error at its place and goes on',
      async (method) => {
        const items = await soon(
          drain(makePool(1)[method](sometimes, [1, -1, 3], { timeout: 0.3 }), ({ name }) => name),
        );
        expect(items).toEqual([1, 'TimeoutError', 3, STOP, STOP]);
      },
    );

    test('error_callback hears of it', async () => {
      const errors: unknown[] = [];
      const pool = makePool(1);
      await soon(
        pool
          .apply_async(forever, [], {
            timeout: 0.2,
            error_callback: (error: unknown) => errors.push(error),
          } as never)
          .wait(),
      );
      expect(errors).toEqual([expect.any(TimeoutError)]);
    });

    test('many at once', async () => {
      const pool = makePool(2);
      const results = Array.from({ length: 6 }, (_, i) =>
        pool.apply_async(sometimes, [i % 2 === 0 ? -1 : i], {}, { timeout: i % 2 === 0 ? 0.2 : 30 }),
      );
      const settled = await soon(Promise.allSettled(results.map((result) => result.get())));
      expect(settled.map(({ status }) => status)).toEqual([
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
    });
  },
  BOTH,
);
