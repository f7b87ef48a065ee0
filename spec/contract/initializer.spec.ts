import { appendFileSync } from 'node:fs';
import { ProcessError } from 'multiprocessing-ts';
import { InitializerError, RemoteTraceback, WorkerLostError } from 'multiprocessing-ts/pool';
import { all, BOTH, contract, exc, excOf, lines, oracle, scratch, soon, until, worker } from './support';

const path = scratch();
const recorded = oracle('p23_initializer');

let state: unknown[] = [];
const init = (...args: unknown[]): void => {
  state = args;
};
const stateOf = (): unknown[] => state;

contract(
  'initializer',
  (makePool) => {
    test('gets initargs, and what it sets the tasks see', async () => {
      expect(await makePool(1, init, [1, 'two']).apply(stateOf)).toEqual(recorded('initargs').ok);
      expect(await makePool({ processes: 1, initializer: init, initargs: [3, 4] }).apply(stateOf)).toEqual(
        recorded('initargs list accepted').ok,
      );
    });

    test('takes any iterable of initargs', async () => {
      expect(await makePool(1, init, new Set([1, 2])).apply(stateOf)).toEqual([1, 2]);
    });

    test('that is no function is refused', async () => {
      expect(await excOf(() => makePool(1, 5 as never))).toEqual(exc(recorded('initializer=5')));
    });

    test('runs once in every worker, before its first task', async () => {
      const log = path('log');
      const pool = makePool(
        3,
        (file: string) => {
          appendFileSync(file, `${worker()}\n`);
        },
        [log],
      );
      const workers = await pool.map(worker, Array.from({ length: 30 }), 1);
      await until(() => lines(log).length >= 3);
      expect(new Set(lines(log)).size).toBe(3);
      expect(lines(log)).toHaveLength(3);
      expect(workers.every((name) => lines(log).includes(name))).toBe(true);
    });

    test('runs in workers that replace others', async () => {
      const pool = makePool(1, init, [7], 1);
      expect([await pool.apply(stateOf), await pool.apply(stateOf)]).toEqual([[7], [7]]);
    });

    test('may be async: tasks wait for it', async () => {
      const slowly = async (value: number): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        init(value);
      };
      expect(await makePool(1, slowly, [8]).apply(stateOf)).toEqual([8]);
    });

    test('that cannot be sent is refused by the constructor', () => {
      expect(() =>
        makePool(1, init, [
          (function* () {
            yield 1;
          })(),
        ]),
      ).toThrow(expect.objectContaining({ name: 'PicklingError' }) as Error);
    });

    describe('that fails in every worker (H3: CPython starts workers for ever)', () => {
      const bad = (log: string): void => {
        appendFileSync(log, `x\n`);
        throw new RangeError('init boom');
      };
      const exits = (log: string): void => {
        appendFileSync(log, `x\n`);
        process.exit(3);
      };

      test('breaks the pool: what is pending rejects with its error as cause', async () => {
        const log = path('log');
        const pool = makePool(2, bad, [log]);
        const apply = pool.apply_async(stateOf);
        const map = pool.map_async(stateOf, [1, 2]);
        const it = pool.imap(stateOf, [1, 2]);
        for (const promise of [apply.get(), map.get(), it.next()] as Promise<unknown>[]) {
          const error = await soon(promise).catch((reason: unknown) => reason as Error);
          expect(error).toBeInstanceOf(InitializerError);
          expect(error).toBeInstanceOf(ProcessError);
          const cause = (error as Error).cause as Error;
          expect([cause.constructor, cause.message]).toEqual([RangeError, 'init boom']);
          expect(cause.cause).toBeInstanceOf(RemoteTraceback);
        }
        expect(await all(it)).toEqual([]);
      });

      test('starts no more workers than fail in a row', async () => {
        const log = path('log');
        const pool = makePool(2, bad, [log]);
        await soon(pool.apply_async(stateOf).wait());
        await pool.terminate();
        expect(lines(log).length).toBeLessThanOrEqual(3);
      });

      test('later calls reject in the same way, through the result', async () => {
        const pool = makePool(1, bad, [path('log')]);
        await soon(pool.apply_async(stateOf).wait());
        const errors: unknown[] = [];
        const result = pool.apply_async(stateOf, { error_callback: (error) => errors.push(error) });
        expect(errors).toEqual([]);
        await expect(soon(result.get())).rejects.toBeInstanceOf(InitializerError);
        expect(errors).toHaveLength(1);
        await expect(soon(pool.map(stateOf as never, [1]))).rejects.toBeInstanceOf(InitializerError);
        await expect(soon(pool.imap(stateOf as never, [1]).next())).rejects.toBeInstanceOf(InitializerError);
      });

      test('one that exits has the WorkerLostError as cause', async () => {
        const error = await soon(makePool(2, exits, [path('log')]).apply(stateOf)).catch(
          (reason: unknown) => reason as Error,
        );
        expect(error).toBeInstanceOf(InitializerError);
        expect((error as Error).cause).toBeInstanceOf(WorkerLostError);
        expect((error as Error).cause).toMatchObject({ exitcode: 3, signal: null });
      });

      test.each(['with', 'without'])('close and join return, %s a job', async (job) => {
        const pool = makePool(1, bad, [path('log')]);
        if (job === 'with') pool.apply_async(stateOf);
        pool.close();
        await expect(soon(pool.join(), 'join')).resolves.toBeUndefined();
      });

      test('terminate resolves', async () => {
        const pool = makePool(2, bad, [path('log')]);
        pool.apply_async(stateOf);
        await expect(soon(pool.terminate(), 'terminate')).resolves.toBeUndefined();
      });
    });

    test('that fails now and then costs only a fresh start', async () => {
      const log = path('log');
      const flaky = (file: string): void => {
        appendFileSync(file, 'x\n');
        if (lines(file).length === 1) throw new Error('the first one fails');
      };
      const pool = makePool(2, flaky, [log]);
      expect(await soon(pool.map((x: number) => x, [1, 2, 3]))).toEqual([1, 2, 3]);
    });
  },
  BOTH,
);
