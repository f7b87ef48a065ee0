import { PicklingError } from 'multiprocessing-ts/reduction';
import { KeyboardInterrupt, SystemExit } from 'multiprocessing-ts/builtins';
import { RemoteTraceback } from 'multiprocessing-ts/pool';
import { Executor, Future, ThreadPoolExecutor } from 'multiprocessing-ts/concurrent/futures';
import { exc, excOf, oracle } from '../support';
import { asyncExecutors, executors } from './support';

const misc = oracle('f13_misc');
const shutdown = oracle('f06_shutdown');
const errors = oracle('f09_ppe_errors');
const threading = oracle('f07_threadpool_workers');

function args(...given: unknown[]): unknown {
  return given;
}

executors('submit', (make, kind, { Future }) => {
  test('gives the future of what the function returns', async () => {
    const future = make(1).submit((base: number, exponent: number) => base ** exponent, 2, 8);
    expect(future).toBeInstanceOf(Future);
    expect(String(future)).toMatch(/^<Future at 0x[0-9a-f]+ state=pending>$/);
    expect(await future.result()).toBe(256);
    expect(String(future)).toMatch(/ state=finished returned number>$/);
  });

  test('hands every argument to the function, options of other calls as well', async () => {
    const executor = make(1);
    expect(await executor.submit(args).result()).toEqual([]);
    const given = [1, { timeout: 5 }, null, undefined, { signal: null, chunksize: 2 }, {}];
    expect(await executor.submit(args, ...given).result()).toEqual(given);
  });

  test('awaits a function that is async', async () => {
    const later = async (x: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return x + 1;
    };
    expect(await make.shared(1).submit(later, 1).result()).toBe(2);
  });

  test('sends closures and the helpers they use', async () => {
    const base = 10;
    const add = (a: number, b: number): number => a + b;
    expect(
      await make
        .shared(1)
        .submit((x: number) => add(x, base), 5)
        .result(),
    ).toBe(15);
  });

  test('runs calls in the order submitted', async () => {
    const executor = make.shared(1);
    const ran = executor.submit(() => {
      (globalThis as { ran?: number[] }).ran = [];
    });
    await ran.result();
    const note = (n: number): number[] => {
      const { ran } = globalThis as unknown as { ran: number[] };
      ran.push(n);
      return ran;
    };
    const futures = [0, 1, 2, 3, 4].map((n) => executor.submit(note, n));
    expect(await futures[4]?.result()).toEqual(threading('FIFO').ok);
  });

  test('without a function it is a TypeError at the call', async () => {
    const call = make(1) as unknown as { submit(): unknown };
    const { type, str } = exc(shutdown(`${kind} submit()`));
    expect(await excOf(() => call.submit())).toEqual({ type, str: str.replace(`${kind}.`, '') });
  });

  test('what is no function fails in the future', async () => {
    const future = make(1).submit(5 as never);
    const { type } = exc(shutdown(`${kind} submit(5)`));
    expect(await excOf(() => future.result())).toEqual({ type, str: "'number' object is not callable" });
  });
});

executors('errors of calls', (make) => {
  test('arrive as they are, with the stack of the worker as their cause', async () => {
    class Mine extends RangeError {
      override name = 'Mine';
      constructor(
        message: string,
        readonly code: number,
      ) {
        super(message);
      }
    }
    const fails = (): never => {
      throw new Mine('bad', 7);
    };
    const future = make.shared(1).submit(fails);
    const error = (await future.exception()) as Mine;
    expect(error).toBeInstanceOf(Mine);
    expect(error).toMatchObject({ message: 'bad', code: 7 });
    expect(error.cause).toBeInstanceOf(RemoteTraceback);
    expect((error.cause as RemoteTraceback).tb).toContain('Mine: bad');
    await expect(future.result()).rejects.toBe(error);
    expect(String(future)).toMatch(/ state=finished raised Mine>$/);
  });

  test.each([
    ['SystemExit', 'sys.exit in task', () => new SystemExit(3)],
    ['KeyboardInterrupt', 'KeyboardInterrupt', () => new KeyboardInterrupt('k')],
  ])('%s is an error like another: the worker lives on', async (name, recorded, thrown) => {
    const executor = make.shared(1);
    const pid = await executor.submit(() => process.pid).result();
    const error = await executor
      .submit((made: () => Error) => {
        throw made();
      }, thrown)
      .exception();
    const { type, str } = threading(recorded).ok as { type: string; str: string };
    expect(type).toBe(`builtins.${name}`);
    expect(error).toMatchObject({ name, message: str });
    expect(await executor.submit(() => process.pid).result()).toBe(pid);
  });

  // H16: Python's `result()` returns None for errors that are falsy, until 3.13.
  test.each([[null], [undefined], [0], ['']])('may be %p', async (thrown) => {
    const future = make.shared(1).submit((value: unknown): never => {
      throw value;
    }, thrown);
    await future.exception();
    expect(String(future)).toContain('state=finished raised');
    await expect(future.result()).rejects.toBe(thrown);
  });

  test('of a function that cannot be sent fail in the future, and no worker is asked', async () => {
    const executor = make(1);
    const closed = Promise.resolve(1);
    const future = executor.submit(() => closed);
    expect(String(future)).toContain('state=pending');
    const error = await future.exception();
    expect(error).toBeInstanceOf(PicklingError);
    expect((error as Error).message).toContain('closed');
    expect(errors('unpicklable function').exc).toBeDefined();
    expect(await executor.submit(args, 1).result()).toEqual([1]);
  });

  test('of an argument that cannot be sent fail in the future', async () => {
    const executor = make.shared(1);
    const pid = await executor.submit(() => process.pid).result();
    const error = await executor.submit(args, { list: [1, Promise.resolve(2)] }).exception();
    expect(error).toBeInstanceOf(PicklingError);
    expect((error as Error).message).toContain('.list\n    [1]');
    expect(await executor.submit(() => process.pid).result()).toBe(pid);
  });

  test('of a result that cannot be sent are a PicklingError, not a MaybeEncodingError as with pools', async () => {
    const executor = make.shared(1);
    const worker = executor.submit(() => process.pid);
    const error = (await executor.submit(() => ({ later: Promise.resolve(1) })).exception()) as Error;
    expect(error).toBeInstanceOf(PicklingError);
    expect(error.message).toMatch(/^a Promise cannot be sent.*later/s);
    expect(errors('unpicklable result').exc?.type).not.toContain('MaybeEncodingError');
    expect(await executor.submit(() => process.pid).result()).toBe(await worker.result());
  });
});

executors('executors and futures', (make, kind) => {
  test('stay in their process: one that a function uses is a TypeError', async () => {
    const executor = make.shared(1);
    const future = executor.submit(args, 1);
    expect(exc(misc(kind === 'ProcessPoolExecutor' ? 'pickle PPE' : 'pickle TPE')).type).toBe('TypeError');
    expect(await excOf(() => executor.submit(() => executor.constructor.name).result())).toEqual({
      type: 'TypeError',
      str: `cannot pickle '${kind}' object: make one in the worker, inside the function`,
    });
    expect(await excOf(() => executor.submit(() => future.done()).result())).toEqual({
      type: 'TypeError',
      str: "cannot pickle 'Future' object: send its result instead",
    });
  });
});

describe('the base class', () => {
  class Bare extends Executor {}
  class Inline extends Executor {
    readonly calls: string[] = [];
    override submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
      const future = new Future<Awaited<R>>();
      future.set_result(fn(...args) as Awaited<R>);
      return future;
    }
    override async shutdown(...args: unknown[]): Promise<void> {
      this.calls.push(`shutdown(${args.map(String).join(', ')})`);
    }
  }

  test('leaves submit to its subclasses', async () => {
    const executor = new Bare();
    expect(await excOf(() => executor.submit(args))).toEqual(exc(misc('abstract Executor.submit')));
    expect(await excOf(() => executor.map(args, [1]))).toEqual(exc(misc('abstract Executor.map')));
    await expect(executor.shutdown()).resolves.toBeUndefined();
  });

  test('maps with the submit of its subclass', async () => {
    const squares: number[] = [];
    for await (const square of new Inline().map((x: number) => x * x, [1, 2, 3], { chunksize: 2 })) {
      squares.push(square);
    }
    expect(squares).toEqual([1, 4, 9]);
  });

  test('knows of no signal', () => {
    const { signal } = new AbortController();
    expect(() => new Inline().map((x: number) => x, [1], { signal })).toThrow(
      new TypeError("map() got an unexpected keyword argument 'signal'"),
    );
  });

  test('is shut down at the end of an `await using` block', async () => {
    let executor: Inline;
    {
      await using inline = new Inline();
      executor = inline;
    }
    expect(executor.calls).toEqual(['shutdown(true)']);
  });
});

executors('what user code does in the middle of a submit', (make) => {
  const REDUCE = Symbol.for('multiprocessing.reduce');
  class Calls {
    static readonly [REDUCE] = {
      reduce: (calls: Calls): number => {
        calls.back();
        return 1;
      },
      rebuild: (): number => 1,
    };
    constructor(readonly back: () => void) {}
  }

  test('a shutdown comes first: that call fails, in its future', async () => {
    const executor = make(1);
    const calls = new Calls(() => void executor.shutdown(false));
    const future = executor.submit(args, calls);
    expect(await excOf(() => future.result())).toEqual({
      type: 'RuntimeError',
      str: 'cannot schedule new futures after shutdown',
    });
    await executor.shutdown();
  });

  test('another submit comes first', async () => {
    const executor = make.shared(1);
    const other: Future<unknown>[] = [];
    const future = executor.submit(args, new Calls(() => other.push(executor.submit(args, 2))));
    expect(await Promise.all([future.result(), other[0]?.result()])).toEqual([[1], [2]]);
  });
});

describe('a subclass', () => {
  test('that overrides submit() is asked for each call of map(), as in Python', async () => {
    const seen: unknown[] = [];
    class Noting extends ThreadPoolExecutor {
      override submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
        seen.push(args);
        return super.submit(fn, ...args);
      }
    }
    await using executor = new Noting(1);
    const sums: number[] = [];
    for await (const sum of executor.map((a: number, b: number) => a + b, [1, 2], [3, 4])) sums.push(sum);
    expect([sums, seen]).toEqual([
      [4, 6],
      [
        [1, 3],
        [2, 4],
      ],
    ]);
  });
});

executors('callbacks', (make) => {
  test('run in this process with the future, in the order added', async () => {
    const seen: unknown[] = [];
    const future = make.shared(1).submit(args, 1);
    future.add_done_callback((done) => seen.push([1, done === future, done.done()]));
    future.add_done_callback(() => seen.push(2));
    await future.result();
    expect(seen).toEqual([[1, true, true], 2]);
  });

  test('may submit', async () => {
    const executor = make.shared(1);
    const second = new Promise<unknown>((resolve) => {
      executor.submit(args, 1).add_done_callback(() => {
        resolve(executor.submit(args, 2).result());
      });
    });
    expect(await second).toEqual([2]);
  });

  test('may ask for the result', async () => {
    const future = make.shared(1).submit(args, 1);
    const asked = new Promise<unknown>((resolve) => {
      future.add_done_callback((done) => {
        resolve(done.result());
      });
    });
    expect(await asked).toEqual([1]);
  });

  test('may shut the executor down, and hand on the promise of it', async () => {
    const executor = make(2);
    const [first, second] = [1, 2].map((n) => executor.submit(args, n));
    const ended = new Promise((resolve) => {
      first?.add_done_callback(() => {
        const down = executor.shutdown();
        resolve(down);
        return down;
      });
    });
    await ended;
    expect(await second?.result(0)).toEqual([2]);
    await executor.shutdown();
  });
});

// Those of futures that block must not.
asyncExecutors('callbacks that return promises', (make) => {
  test('that return a promise are awaited by shutdown()', async () => {
    const executor = make(1);
    let settled = false;
    executor.submit(args).add_done_callback(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      settled = true;
    });
    await executor.shutdown();
    expect(settled).toBe(true);
  });
});
