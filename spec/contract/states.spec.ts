import { ValueError } from 'multiprocessing-ts/builtins';
import { TerminatedError } from 'multiprocessing-ts/pool';
import { ProcessError } from 'multiprocessing-ts';
import {
  BOTH,
  all,
  contract,
  exc,
  excOf,
  isAlive,
  open,
  oracle,
  pass,
  scratch,
  soon,
  until,
  worker,
} from './support';

const path = scratch();
const recorded = oracle('p13_states');
const f = (...args: unknown[]): unknown => args;

contract(
  'states',
  (makePool, method, facade) => {
    /** CPython's repr names the module too; its probe asked a Pool. */
    const repr = (text: unknown): unknown =>
      String(text).replace('multiprocessing.pool.Pool', method === 'thread' ? 'ThreadPool' : 'Pool');

    test('are shown', async () => {
      const pool = makePool(2);
      expect(String(pool)).toBe(repr(recorded('repr RUN').ok));
      pool.close();
      expect(String(pool)).toBe(repr(recorded('repr CLOSE').ok));
      await pool.join();
      expect(String(pool)).toBe(repr(recorded('repr after join').ok));
      await pool.terminate();
      expect(String(pool)).toBe(repr(recorded('repr').ok));
      pool.close();
      expect(String(pool)).toBe(repr(recorded('repr (state unchanged)').ok));
    });

    test('join before close rejects', async () => {
      const pool = makePool(1);
      expect(await excOf(() => pool.join())).toEqual(exc(recorded('join while RUN')));
    });

    test('close, join and terminate may be called again', async () => {
      const pool = makePool(1);
      pool.close();
      pool.close();
      await pool.join();
      await pool.join();
      await pool.terminate();
      await pool.terminate();
      pool.close();
      await pool.join();
      expect(recorded('join after terminate').ok).toBeNull();
    });

    describe.each(['close', 'terminate'] as const)('after %s', (end) => {
      const calls: [string, (pool: ReturnType<typeof makePool>) => unknown][] = [
        ['apply', (pool) => pool.apply(f)],
        ['apply_async', (pool) => pool.apply_async(f)],
        ['map', (pool) => pool.map(f, [1])],
        ['map []', (pool) => pool.map(f, [])],
        ['map non-iterable', (pool) => pool.map(f, 5 as never)],
        ['map_async', (pool) => pool.map_async(f, [1])],
        ['imap', (pool) => pool.imap(f, [1])],
        ['imap bad chunksize', (pool) => pool.imap(f, [1], 0)],
        ['imap_unordered', (pool) => pool.imap_unordered(f, [1])],
        ['starmap', (pool) => pool.starmap(f, [[1]])],
        ['starmap_async', (pool) => pool.starmap_async(f, [[1]])],
      ];

      test.each(calls)('%s is refused', async (name, call) => {
        const pool = makePool(1);
        void pool[end]();
        expect(await excOf(() => call(pool))).toEqual(exc(recorded(`after ${end}: ${name}`)));
        await expect((async () => await call(pool))()).rejects.toBeInstanceOf(ValueError);
      });
    });

    test('methods with a result object throw at the call, the others reject', () => {
      const pool = makePool(1);
      pool.close();
      for (const call of [
        () => pool.apply_async(f),
        () => pool.map_async(f, []),
        () => pool.starmap_async(f, []),
        () => pool.imap(f, []),
        () => pool.imap_unordered(f, []),
      ]) {
        expect(call).toThrow('Pool not running');
      }
      const promise = pool.map(f, []);
      expect(promise).toBeInstanceOf(Promise);
      promise.catch(() => undefined);
    });

    test('leaving an `await using` block terminates', async () => {
      let pool;
      {
        await using inner = makePool(1);
        pool = inner;
        await inner.apply(f);
      }
      expect(String(pool)).toBe(repr(recorded('repr after __exit__').ok));
    });

    test('an error in the block gets out', async () => {
      const body = async (): Promise<void> => {
        await using pool = makePool(1);
        await pool.apply(f);
        throw new Error('body');
      };
      await expect(body()).rejects.toThrow('body');
    });

    test('close and join wait for everything, for what nobody looks at too', async () => {
      const gate = path('gate');
      const pool = makePool(2);
      const results = [1, 2, 3, 4].map(() => pool.apply_async(pass, [gate]));
      const it = pool.imap_unordered(f, [0.1, 0.1]);
      pool.close();
      const joined = pool.join();
      expect(results.some((result) => result.ready())).toBe(false);
      open(gate);
      await soon(joined, 'join');
      const recorded = oracle('p14_pending_after_terminate');
      expect(results.map((result) => result.ready())).toEqual(recorded('all ready').ok);
      expect((await all(it)).flat()).toEqual(recorded('imap items').ok);
    });

    test('results stay after the end', async () => {
      const pool = makePool(1);
      const result = pool.apply_async(f, [0]);
      const it = pool.imap((x: number) => x, [0, 0]);
      await result.wait();
      await pool.apply(f);
      await pool.terminate();
      const recorded = oracle('p14_pending_after_terminate');
      expect(await result.get()).toEqual([recorded('finished result available after terminate').ok]);
      expect(await all(it)).toEqual(recorded('finished imap drains after terminate').ok);
    });

    describe('terminate', () => {
      test('rejects what is outstanding with TerminatedError (H12: CPython leaves it waiting for ever)', async () => {
        const gate = path('gate');
        const pool = makePool(1);
        const errors: unknown[] = [];
        const running = pool.apply_async(pass, [gate], { error_callback: (error) => errors.push(error) });
        const queued = pool.apply_async(f, [0]);
        const map = pool.map_async(f, [0, 0]);
        const it = pool.imap(f, [0, 0]);
        const waiting = it.next();
        const ended = pool.terminate();
        for (const result of [running, queued, map]) {
          expect([result.ready(), result.successful()]).toEqual([true, false]);
          await expect(result.get()).rejects.toBeInstanceOf(TerminatedError);
        }
        await expect(waiting).rejects.toBeInstanceOf(TerminatedError);
        expect(errors).toEqual([expect.any(TerminatedError)]);
        expect(errors[0]).toBeInstanceOf(ProcessError);
        await soon(ended, 'terminate');
        expect(await it.next()).toEqual({ value: undefined, done: true });
      });

      test('resolves when no worker is left', async () => {
        const pool = makePool(3);
        const workers = await pool.map(worker, [1, 2, 3, 4, 5, 6], 1);
        await pool.terminate();
        expect(workers.filter(isAlive)).toEqual([]);
      });

      test('ends a worker in an endless loop', async () => {
        const mark = path('mark');
        const pool = makePool(1);
        const result = pool.apply_async(
          (path: string) => {
            open(path);
            for (;;);
          },
          [mark],
        );
        const { existsSync } = jest.requireActual<typeof import('node:fs')>('node:fs');
        await until(() => existsSync(mark));
        await soon(pool.terminate(), 'terminate');
        await expect(result.get()).rejects.toBeInstanceOf(TerminatedError);
      });

      test('before the workers are up ends them too', async () => {
        const pool = makePool(2);
        const result = pool.apply_async(f);
        await soon(pool.terminate(), 'terminate');
        await expect(result.get()).rejects.toBeInstanceOf(TerminatedError);
      });

      test('does not wait for ten thousand queued tasks', async () => {
        const gate = path('gate');
        const pool = makePool(2);
        const result = pool.map_async(
          pass,
          Array.from({ length: 10_000 }, () => gate),
          1,
        );
        await soon(pool.terminate(), 'terminate');
        expect(result.ready()).toBe(true);
      });

      // Nobody comes to call `terminate` while `join` blocks.
      if (facade === 'async') {
        test('while join waits ends that too', async () => {
          const pool = makePool(1);
          pool.apply_async(pass, [path('never')]);
          pool.close();
          const joined = pool.join();
          await pool.terminate();
          await expect(soon(joined, 'join')).resolves.toBeUndefined();
        });
      }
    });

    test('a pool cannot be sent to a worker', async () => {
      const pool = makePool(1);
      const recorded = oracle('p15_pickle_pool');
      await expect(pool.apply(f, [pool])).rejects.toThrow(/cannot be (sent|passed between processes)/);
      await expect(pool.map(f, [1, pool, 3], 1)).rejects.toThrow(/cannot be (sent|passed between processes)/);
      expect(recorded('pool as arg').exc?.str).toMatch(/cannot be passed between processes/);
      expect(await pool.apply(f, [1])).toEqual([recorded('pool still ok').ok]);
    });
  },
  BOTH,
);
