import { KeyError, ValueError } from 'multiprocessing-ts/builtins';
import { RemoteTraceback } from 'multiprocessing-ts/pool';
import { BOTH, all, contract, oracle, SPAWN } from './support';

const recorded = oracle('p21_remote_traceback');

class OutOfPaint extends Error {
  readonly colour: string;

  constructor(colour: string, message: string) {
    super(message);
    this.colour = colour;
  }
}

async function errorOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return await promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (reason: unknown) => reason as Error & Record<string, unknown>,
  );
}

function inner(x: number): number {
  if (x === 0) throw new RangeError('division by zero');
  return 1 / x;
}
const outer = (x: number): number => inner(x);

contract(
  'errors',
  (makePool) => {
    test.each([
      ['apply', (pool: ReturnType<typeof makePool>) => pool.apply(outer, [0])],
      ['map', (pool: ReturnType<typeof makePool>) => pool.map(outer, [0])],
      ['starmap', (pool: ReturnType<typeof makePool>) => pool.starmap(outer, [[0]])],
      ['imap', (pool: ReturnType<typeof makePool>) => all(pool.imap(outer, [0]))],
    ])('arrive with the traceback of the worker: %s', async (name, call) => {
      const error = await errorOf(call(makePool.shared(1)));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('division by zero');
      const cause = error.cause as RemoteTraceback;
      expect(cause).toBeInstanceOf(RemoteTraceback);
      expect(typeof cause.tb === 'string').toBe(
        (recorded(name).ok as Record<string, unknown>)['cause.tb is str'],
      );
      expect(cause.message).toBe(cause.tb);
      expect(cause.tb).toMatch(/RangeError: division by zero/);
      expect(cause.tb).toMatch(/inner/);
      expect(cause.tb).toMatch(/outer/);
    });

    test('the traceback names the file and line of the source', async () => {
      const error = await errorOf(makePool.shared(1).apply(outer, [0]));
      expect((error.cause as RemoteTraceback).tb).toMatch(/errors\.spec\.ts:26:/);
    });

    test('keep their class and their own properties', async () => {
      const error = await errorOf(
        makePool.shared(1).apply(() => {
          throw new OutOfPaint('red', 'no more paint');
        }),
      );
      expect(error).toBeInstanceOf(OutOfPaint);
      expect([error.colour, error.message]).toEqual(['red', 'no more paint']);
    });

    test('of a class whose constructor takes other arguments arrive too (H6: CPython hangs)', async () => {
      class NeedsTwo extends Error {
        constructor(a: { x: number }, b: { x: number }) {
          super(`${a.x}-${b.x}`);
        }
      }
      const pool = makePool.shared(1);
      const error = await errorOf(
        pool.apply(() => {
          throw new NeedsTwo({ x: 1 }, { x: 2 });
        }),
      );
      expect(error).toBeInstanceOf(NeedsTwo);
      expect(error.message).toBe('1-2');
      expect(await pool.apply(() => 1)).toBe(1);
    });

    test.each([
      [
        'TypeError',
        () => {
          throw new TypeError('t');
        },
        TypeError,
      ],
      [
        'SyntaxError',
        () => {
          throw new SyntaxError('s');
        },
        SyntaxError,
      ],
      [
        'ValueError',
        () => {
          throw new ValueError('v');
        },
        ValueError,
      ],
      [
        'KeyError',
        () => {
          throw new KeyError('k');
        },
        KeyError,
      ],
    ])('of built-in classes are instances of them here: %s', async (name, f, Class) => {
      const error = await errorOf(makePool.shared(1).apply(f));
      expect(error).toBeInstanceOf(Class);
      expect(error.name).toBe(name);
    });

    test('keep their own cause behind the traceback', async () => {
      const chained = (): never => {
        try {
          return inner(0) as never;
        } catch (error) {
          throw new Error('outer', { cause: error });
        }
      };
      const error = await errorOf(makePool.shared(1).apply(chained));
      const traceback = error.cause as Error;
      expect(traceback).toBeInstanceOf(RemoteTraceback);
      expect(traceback.cause).toBeInstanceOf(RangeError);
      expect((traceback.cause as Error).message).toBe('division by zero');
      expect((recorded('original __cause__ replaced, attributes kept').ok as { cause: string }).cause).toBe(
        'RemoteTraceback',
      );
    });

    test('an AggregateError keeps its errors', async () => {
      const error = await errorOf(
        makePool(1).apply(() => {
          throw new AggregateError([new TypeError('a'), new Error('b')], 'both');
        }),
      );
      expect(error).toBeInstanceOf(AggregateError);
      expect((error.errors as Error[]).map(({ message }) => message)).toEqual(['a', 'b']);
    });

    test('that are rejections arrive as what is thrown does', async () => {
      const error = await errorOf(
        makePool.shared(1).apply(async () => {
          await Promise.resolve();
          throw new OutOfPaint('blue', 'x');
        }),
      );
      expect(error).toBeInstanceOf(OutOfPaint);
      expect(error.cause).toBeInstanceOf(RemoteTraceback);
    });

    test.each([['a string'], [42], [null], [undefined], [{ code: 7 }]])(
      'what is no Error (%p) arrives as it is',
      async (value) => {
        const result = makePool.shared(1).apply_async(
          (x: unknown) => {
            throw x;
          },
          [value],
        );
        await result.wait();
        expect(result.successful()).toBe(false);
        const [settled] = await Promise.allSettled([result.get()]);
        expect(settled).toEqual({ status: 'rejected', reason: value });
      },
    );

    test('an own method or a getter of an error does not disturb', async () => {
      const error = await errorOf(
        makePool.shared(1).apply(() => {
          const made = new Error('odd');
          Object.defineProperty(made, 'lazy', {
            get: () => {
              throw new Error('never read');
            },
            enumerable: true,
          });
          throw made;
        }),
      );
      expect(error.message).toMatch(/odd/);
    });

    test('a frozen error arrives', async () => {
      const error = await errorOf(
        makePool.shared(1).apply(() => {
          throw Object.freeze(new RangeError('frozen'));
        }),
      );
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('frozen');
    });

    test('a stack that overflows is a RangeError of its task', async () => {
      const pool = makePool.shared(1);
      const deep = (n: number): number => deep(n + 1) + 1;
      expect(await errorOf(pool.apply(deep, [0]))).toBeInstanceOf(RangeError);
      expect(await pool.apply(() => 1)).toBe(1);
    });

    test('a getter of a result that throws fails its task only', async () => {
      const pool = makePool.shared(1);
      const result = (): unknown =>
        Object.defineProperty({}, 'x', {
          get: () => {
            throw new Error('getter');
          },
          enumerable: true,
        });
      await Promise.allSettled([pool.apply(result)]);
      expect(await pool.apply(() => 1)).toBe(1);
    });
  },
  BOTH,
  SPAWN,
);
