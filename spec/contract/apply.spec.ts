import { appendFileSync } from 'node:fs';
import { MaybeEncodingError, RemoteTraceback } from 'multiprocessing-ts/pool';
import { BOTH, contract, drain, lines, open, oracle, pass, scratch, worker } from './support';

const path = scratch();
const recorded = oracle('p34_args_kwds');

function f(...args: unknown[]): unknown {
  return args;
}

contract(
  'apply',
  (makePool) => {
    test('passes no arguments by default', async () => {
      expect([await makePool.shared(1).apply(f), {}]).toEqual(recorded('defaults').ok);
    });

    test('takes any iterable of arguments', async () => {
      const pool = makePool.shared(1);
      expect([await pool.apply(f, [1, 2]), {}]).toEqual(recorded('list args').ok);
      expect(await pool.apply(f, new Set([1, 2]) as never)).toEqual([1, 2]);
      expect(await pool.apply(f, 'abc' as never)).toEqual(oracle('p18_unpicklable_args')('string args').ok);
    });

    test('hands keywords to the function as one last object', async () => {
      const [args, kwds] = recorded('kwds').ok as [unknown[], object];
      expect(await makePool.shared(1).apply(f, [1], { a: 2 })).toEqual([...args, kwds]);
    });

    test('takes arguments and keywords by name', async () => {
      const [args, kwds] = recorded('kwds by name').ok as [unknown[], object];
      expect(await makePool.shared(1).apply(f, { kwds: { a: 1 }, args: [5] })).toEqual([...args, kwds]);
    });

    test('adds no argument for empty keywords', async () => {
      expect(await makePool.shared(1).apply(f, [1], {})).toEqual([1]);
    });

    test('carries the results null, undefined, NaN and -0', async () => {
      const pool = makePool.shared(1);
      for (const value of [null, undefined, NaN, -0, 0n, '', false]) {
        expect(await pool.apply((x: unknown) => x, [value])).toBe(value);
      }
    });

    test('awaits a function that is async', async () => {
      const twice = async (x: number): Promise<number> => {
        await new Promise((resolve) => setImmediate(resolve));
        return x * 2;
      };
      expect(await makePool.shared(1).apply(twice, [21])).toBe(42);
    });

    test('sends lambdas, closures and the helpers they use', async () => {
      const base = 10;
      const add = (a: number, b: number): number => a + b;
      expect(await makePool.shared(1).apply((x: number) => add(x, base), [5])).toBe(15);
    });

    test('sees arguments as they were when it was called: a later change is not sent', async () => {
      const list = [1];
      const result = makePool.shared(1).apply_async(f, [list]);
      list.push(2);
      expect(await result.get()).toEqual([[1]]);
    });

    test('runs calls in the order in which they were submitted', async () => {
      const [gate, log] = [path('gate'), path('log')];
      const pool = makePool.shared(1);
      pool.apply_async(pass, [gate]);
      const results = Array.from({ length: 20 }, (_, i) =>
        pool.apply_async(
          (file: string, n: number) => {
            appendFileSync(file, `${n}\n`);
          },
          [log, i],
        ),
      );
      open(gate);
      await Promise.all(results.map((result) => result.get()));
      expect(lines(log)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    });

    test('carries 50 MB there and back', async () => {
      const pool = makePool(1);
      expect(await pool.apply((b: Buffer) => b.length, [Buffer.alloc(50_000_000, 'x')])).toBe(
        recorded('50MB arg').ok,
      );
      expect((await pool.apply((n: number) => Buffer.alloc(n), [50_000_000])).length).toBe(
        recorded('50MB result').ok,
      );
    });

    test('does 2000 small tasks', async () => {
      const values = await makePool.shared(2).map(
        Math.abs,
        Array.from({ length: 2000 }, (_, i) => i - 2000),
        1,
      );
      expect(values.reduce((a, b) => a + b)).toBe(recorded('2000 small tasks').ok);
    });

    describe('when a task cannot be sent', () => {
      const asked = oracle('p18_unpicklable_args');
      /** Cannot be sent, and says why. */
      const unsendable = (): object => ({
        counter: (function* () {
          yield 1;
        })(),
      });

      test('the result has a PicklingError that names the path, and the pool goes on', async () => {
        const pool = makePool.shared(1);
        const result = pool.apply_async(f, [{ inner: [unsendable()] }]);
        await expect(result.get()).rejects.toMatchObject({ name: 'PicklingError' });
        await expect(result.get()).rejects.toThrow(/inner.*0.*counter/s);
        expect(asked('apply unp arg').exc).toBeDefined();
        expect(await pool.apply(f, [1])).toEqual([1]);
      });

      test('nothing is thrown at the call', () => {
        const pool = makePool(1);
        expect(() => {
          pool
            .apply_async(f, [unsendable()])
            .get()
            .catch(() => undefined);
          pool
            .map_async(f, [unsendable()])
            .get()
            .catch(() => undefined);
          pool
            .imap(f, [unsendable()])
            .next()
            .catch(() => undefined);
        }).not.toThrow();
      });

      test('the error has no remote traceback', async () => {
        const error = await makePool
          .shared(1)
          .apply(f, [unsendable()])
          .catch((reason: unknown) => reason as Error);
        expect((error as Error).cause instanceof RemoteTraceback).toBe(!(asked('cause').ok as boolean));
      });

      test('error_callback hears of it, not before the call has returned', async () => {
        const errors: unknown[] = [];
        const result = makePool
          .shared(1)
          .apply_async(f, [unsendable()], {}, null, (error) => errors.push(error));
        expect(errors).toEqual([]);
        await result.wait();
        expect(errors).toHaveLength(1);
      });

      test('an unsendable item fails its own chunk only', async () => {
        const log = path('log');
        const pool = makePool.shared(1);
        const note = (item: unknown): void => {
          appendFileSync(log, `${String(item)}\n`);
        };
        await expect(pool.map(note, [1, unsendable(), 3], 1)).rejects.toMatchObject({
          name: 'PicklingError',
        });
        expect(lines(log)).toEqual(['1', '3']);
      });

      test.each(['imap', 'imap_unordered'] as const)('%s loses that item only', async (method) => {
        const items = await drain(makePool.shared(1)[method](f, [1, unsendable(), 3]), ({ name }) => name);
        expect(items.map(String).sort()).toEqual([
          '1',
          '3',
          'PicklingError',
          'StopIteration',
          'StopIteration',
        ]);
      });

      test.each([5, null, undefined, 'f'])('func %p is a TypeError of the result', async (func) => {
        const result = makePool.shared(1).apply_async(func as never);
        await expect(result.get()).rejects.toThrow(TypeError);
        await expect(result.get()).rejects.toThrow(/is not callable/);
      });

      test('args that are not iterable are a TypeError of the result', async () => {
        await expect(
          makePool
            .shared(1)
            .apply_async(f, 5 as never)
            .get(),
        ).rejects.toThrow(TypeError);
      });
    });

    describe('when a result cannot be sent', () => {
      const asked = oracle('p17_maybe_encoding_error');
      const bad = (): unknown =>
        (function* () {
          yield 1;
        })();

      test.each(['apply', 'map', 'imap'] as const)('%s rejects with MaybeEncodingError', async (method) => {
        const pool = makePool.shared(1);
        const call =
          method === 'apply'
            ? pool.apply(bad)
            : method === 'map'
              ? pool.map(bad, [1, 2])
              : pool.imap(bad, [1]).next();
        const error = await call.catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(MaybeEncodingError);
        const { exc, value, message, cause } = error as MaybeEncodingError;
        expect(message).toBe(`Error sending result: '${value}'. Reason: '${exc}'`);
        expect(asked(`${method} lam`).exc?.str).toMatch(/^Error sending result: '.*'. Reason: '.*'$/);
        expect(cause === undefined).toBe((asked('attrs').ok as { cause: boolean }).cause);
      });

      test('the worker survives', async () => {
        const pool = makePool.shared(1);
        const before = await pool.apply(worker);
        await expect(pool.apply(bad)).rejects.toThrow(MaybeEncodingError);
        expect((await pool.apply(worker)) === before).toBe(asked('worker survives').ok);
      });

      test('a value that cannot even be described fails its own task, where CPython loses it', async () => {
        const nasty = (): unknown => {
          const value = {
            counter: (function* () {
              yield 1;
            })(),
            [Symbol.for('nodejs.util.inspect.custom')]: () => {
              throw new Error('repr boom');
            },
          };
          return value;
        };
        await expect(makePool.shared(1).apply(nasty)).rejects.toThrow(MaybeEncodingError);
      });

      test('so it is for an error that cannot be sent', async () => {
        const error = await makePool
          .shared(1)
          .apply(() => {
            throw Object.assign(new Error('original'), {
              counter: (function* () {
                yield 1;
              })(),
            });
          })
          .catch((reason: unknown) => reason as Error);
        expect(error.message).toMatch(/original/);
      });
    });
  },
  BOTH,
);
