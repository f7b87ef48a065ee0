import { getEventListeners, on, EventEmitter } from 'node:events';
import { range } from 'multiprocessing-ts/builtins';
import { all, drain, exc, excOf, lines, open, oracle, pass, scratch, soon, until } from '../support';
import { asyncExecutors, executors, processes, threads, type AnyExecutor } from './support';

const path = scratch();
const both = oracle('f05_executor_map');
const chunked = oracle('f11_ppe_map');

/** As the probes write results and errors down. */
const write = (error: Error): string =>
  `${error.name}(${error.name === 'TimeoutError' ? error.message.replace(/^the .*/, '') : error.message})`;
const drained = (iterator: AsyncIterator<unknown>): Promise<unknown[]> => drain(iterator, write, 'Stop');

const identity = (x: number): number => x;
const pow = (base: number, exponent: number): number => base ** exponent;
const boom2 = (x: number): number => {
  if (x === 2) throw Object.assign(new Error(String(x)), { name: 'ValueError' });
  return x;
};
const note = (file: string, n: number): number => {
  (require('node:fs') as { appendFileSync(path: string, text: string): void }).appendFileSync(file, `${n}\n`);
  return n;
};

/** What it has waited for, and whether it was closed. */
class Source implements IterableIterator<number, undefined> {
  asked = 0;
  closed = 0;
  constructor(
    readonly length = Infinity,
    readonly failure: Error | null = null,
  ) {}

  next(): IteratorResult<number, undefined> {
    if (this.asked === this.length) {
      if (this.failure !== null) throw this.failure;
      return { done: true, value: undefined };
    }
    return { done: false, value: this.asked++ };
  }

  return(): IteratorResult<number, undefined> {
    this.closed++;
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** The same, asynchronous. */
class AsyncSource implements AsyncIterableIterator<number, undefined> {
  readonly #source: Source;
  constructor(source: Source) {
    this.#source = source;
  }

  async next(): Promise<IteratorResult<number, undefined>> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#source.next();
  }

  async return(): Promise<IteratorResult<number, undefined>> {
    return this.#source.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

executors('map', (make, kind) => {
  test('gives the results in the order of the input', async () => {
    const gate = path('gate');
    const iterator = make(2).map(
      (wait: string) => {
        if (wait !== '') pass(wait);
        return wait !== '';
      },
      [gate, '', ''],
    );
    const first = iterator.next();
    open(gate);
    expect((await first).value).toBe(true);
    expect(await drained(iterator)).toEqual([false, false, 'Stop', 'Stop']);
  });

  test('takes several inputs, up to the end of the shortest', async () => {
    const executor = make.shared(2);
    expect(await drained(executor.map(pow, [2, 3, 4], [2, 2]))).toEqual(both('unequal lengths').ok);
    expect(await drained(executor.map(pow, [2, 3, 4], [5, 2], { chunksize: 2 }))).toEqual(
      chunked('multi iterables').ok,
    );
    expect(await drained(executor.map(pow, new Set([2, 3]), range(1, 9)))).toEqual([2, 9, 'Stop', 'Stop']);
  });

  test('of no inputs, or of empty ones, is empty', async () => {
    const executor = make(1);
    expect(await drained(executor.map(() => 1))).toEqual(both('no iterables').ok);
    expect(await drained(executor.map(() => 1, { timeout: 1 }))).toEqual(both('no iterables').ok);
    expect(await drained(executor.map(identity, [], { chunksize: 3 }))).toEqual(chunked('empty').ok);
  });

  test('takes the whole input at the call', async () => {
    const source = new Source(5);
    const iterator = make.shared(1).map(identity, source);
    expect([...Array(source.asked).keys()]).toEqual(both('input consumed at call').ok);
    expect(await drained(iterator)).toEqual([0, 1, 2, 3, 4, 'Stop', 'Stop']);
    expect(source.closed).toBe(0);
  });

  test('runs without being iterated', async () => {
    const file = path('ran');
    const executor = make(1);
    executor.map(note, [file, file], [0, 1]);
    await executor.shutdown();
    expect(lines(file).map(Number)).toEqual(both('runs without iteration').ok);
  });

  test('ends with the first error, at its place, whatever the chunksize', async () => {
    const executor = make.shared(2);
    expect(await drained(executor.map(boom2, range(5)))).toEqual(both('exception ends the iterator').ok);
    for (const chunksize of [1, 2, 3, 4, 100]) {
      const expected =
        kind === 'ProcessPoolExecutor'
          ? chunked(`exception cs=${chunksize}`).ok
          : chunked('exception cs=1').ok;
      expect(await drained(executor.map(boom2, range(7), { chunksize }))).toEqual(expected);
    }
  });

  test('cancels what has not started when one fails', async () => {
    const [file, gate] = [path('ran'), path('gate')];
    const executor = make(1);
    const iterator = executor.map((n: number) => {
      note(file, n);
      if (n === 0) throw new Error('0');
      pass(gate);
    }, range(6));
    expect(await drained(iterator)).toEqual(['Error(0)', 'Stop', 'Stop']);
    open(gate);
    await executor.shutdown();
    // One may have started before the error was here.
    expect(lines(file).length).toBeLessThanOrEqual(2);
  });

  test('a loop that is left cancels what has not started', async () => {
    const [file, gate] = [path('ran'), path('gate')];
    const executor = make(1);
    for await (const n of executor.map((n: number) => {
      note(file, n);
      if (n > 0) pass(gate);
      return n;
    }, range(6))) {
      expect(n).toBe(0);
      break;
    }
    open(gate);
    await executor.shutdown();
    expect(lines(file).length).toBeLessThanOrEqual(2);
  });

  test('one that is closed gives nothing more', async () => {
    const iterator = make.shared(1).map(identity, range(6), { chunksize: 2 });
    expect((await iterator.next()).value).toBe(0);
    await iterator.return();
    expect(await drained(iterator)).toEqual(chunked('after close').ok);
  });

  test('next() may be called ahead', async () => {
    const iterator = make.shared(2).map(identity, range(3));
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(five.map(({ value }) => value as unknown)).toEqual([0, 1, 2, undefined, undefined]);
  });

  test('a call that throws a TimeoutError is no timeout of the map', async () => {
    const mine = (): never => {
      throw Object.assign(new Error('mine'), { name: 'TimeoutError' });
    };
    expect(await drained(make.shared(1).map(mine, [1, 2]))).toEqual(both('callable raising TimeoutError').ok);
  });

  test('is the iterator itself, and disposable', async () => {
    const source = new Source();
    {
      await using iterator = make(1).map(identity, source, { buffersize: 1 });
      expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    }
    expect(source.closed).toBe(1);
  });
});

executors('map with a timeout', (make) => {
  test('gives what is there in time, then a TimeoutError, and cancels the rest', async () => {
    const gate = path('gate');
    const executor = make(1);
    const waits = (wait: string): null => {
      if (wait !== '') pass(wait);
      return null;
    };
    // Workers have started before the clock does.
    await executor.submit(identity, 1).result();
    const iterator = executor.map(waits, ['', '', gate, ''], { timeout: 2 });
    expect(await drained(iterator)).toEqual(chunked('timeout').ok);
    open(gate);
  });

  test.each([0, -1])('of %d only looks', async (timeout) => {
    const gate = path('gate');
    const iterator = make(1).map(pass, [gate], { timeout });
    expect(await drained(iterator)).toEqual(both(`timeout=${timeout}`).ok);
    open(gate);
  });

  test('results that are there after the deadline are given', async () => {
    const executor = make(2);
    const iterator = executor.map(identity, [0.05, 0.05], { timeout: 0.001 });
    await executor.submit(identity, 1).result();
    await executor.shutdown();
    expect(await drained(iterator)).toEqual(both('deadline passed but results ready: still returned').ok);
  });

  test('of Infinity is none', async () => {
    expect(await drained(make.shared(1).map(identity, [1], { timeout: Infinity }))).toEqual([
      1,
      'Stop',
      'Stop',
    ]);
  });
});

executors('what map does not take', (make) => {
  const bad: [string, unknown[]][] = [
    ["'number' object is not iterable", [5]],
    ["'null' object is not iterable", [null]],
    ["'undefined' object is not iterable", [[1], undefined]],
    ["'Promise' object is not iterable", [Promise.resolve([1])]],
    ["'Date' object is not iterable", [new Date()]],
    ["'function' object is not iterable", [function* () {}]],
    ["'Object' object is not iterable", [{ timeout: 1 }, [1]]],
    ["map() got an unexpected keyword argument 'chunk'", [[1], { chunk: 1 }]],
    ["map() got an unexpected keyword argument 'length'", [{ length: 1 }]],
    ['timeout must be a number of seconds, not string', [[1], { timeout: '1' }]],
    ['signal must be an AbortSignal', [[1], { signal: {} }]],
    ['buffersize must be an integer or None', [[1], { buffersize: '1' }]],
    ['buffersize must be an integer or None', [[1], { buffersize: 1.5 }]],
  ];

  test.each(bad)('is a TypeError at the call: %s', (message, inputs) => {
    const executor = make.shared(1) as unknown as { map(...args: unknown[]): unknown };
    expect(() => executor.map(identity, ...inputs)).toThrow(new TypeError(message));
  });

  test('a buffersize of 0', async () => {
    expect(await excOf(() => make(1).map(identity, [1], { buffersize: 0 }))).toEqual({
      type: 'ValueError',
      str: 'buffersize must be None or > 0',
    });
  });

  test('a thing that is no function fails at the first next()', async () => {
    const iterator = make.shared(1).map(5 as never, [1] as never);
    expect(await excOf(() => iterator.next())).toEqual({
      type: 'TypeError',
      str: "'number' object is not callable",
    });
  });

  test('an item that cannot be sent fails at its place', async () => {
    const iterator = make.shared(1).map((x: unknown) => x, [1, Promise.resolve(2)]);
    expect(await drain(iterator, ({ name }) => name, 'Stop')).toEqual([1, 'PicklingError', 'Stop', 'Stop']);
  });
});

processes('the chunks of a map', (make) => {
  test.each([0, -1])('of %d items are a ValueError at the call', async (chunksize) => {
    const { type, str } = exc(chunked(`chunksize=${chunksize} raised by map()`));
    expect(await excOf(() => make(1).map(identity, [1], { chunksize }))).toEqual({ type, str });
  });

  // In Python some of these are a ValueError, with words of its itertools.
  test.each([1.5, 'a', NaN])('of %p items are a TypeError at the call', (chunksize) => {
    expect(() => make(1).map(identity, [1], { chunksize: chunksize as number })).toThrow(
      /^chunksize must be an integer, not /,
    );
  });

  test('are late as a whole', async () => {
    const gate = path('gate');
    const executor = make(1);
    const iterator = executor.map(pass, [path('never')], { timeout: 0.01, chunksize: 3 });
    expect(await drained(iterator)).toEqual(chunked('timeout chunked: whole chunk late').ok);
    open(gate);
    executor.kill_workers();
  });

  test('travel together', async () => {
    const sizes = await all(
      make(2).map(
        () => {
          const counter = globalThis as { turn?: number };
          counter.turn = (counter.turn ?? 0) + 1;
          setImmediate(() => delete counter.turn);
          return counter.turn;
        },
        range(7),
        { chunksize: 3 },
      ),
    );
    expect(sizes.slice(0, 3)).toEqual([1, 2, 3]);
  });

  test('bound by a buffersize count as one each', async () => {
    const source = new Source();
    const iterator = make(1).map(identity, source, { chunksize: 3, buffersize: 2 });
    expect(source.asked).toBe(6);
    expect((await iterator.next()).value).toBe(0);
    expect(source.asked).toBe(9);
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([1, 2]);
    expect(source.asked).toBe(9);
    await iterator.return();
  });
});

threads('the chunks of a map in threads', (make) => {
  test('are of one item, whatever is asked for, as in Python', async () => {
    const executor = make(1);
    const results: unknown[] = [];
    for (const chunksize of [0, -1, 'x']) {
      results.push(await drained(executor.map(Math.abs, [-1], { chunksize: chunksize as number })));
    }
    expect(results).toEqual(both('chunksize ignored (0,-1,"x")').ok);
  });
});

executors('map with a buffersize', (make) => {
  test('takes from the input what it may hold, and more for each result that is read', async () => {
    const source = new Source();
    const iterator = make(2).map(identity, source, { buffersize: 2 });
    expect(source.asked).toBe(2);
    for (let i = 0; i < 5; i++) {
      expect((await iterator.next()).value).toBe(i);
      expect(source.asked).toBe(i + 3);
    }
    await iterator.return();
    expect(source.closed).toBe(1);
  });

  test('works while the reader does: results are made ahead', async () => {
    const file = path('ran');
    const iterator = make(1).map((n: number) => note(file, n), new Source(), { buffersize: 1 });
    expect((await iterator.next()).value).toBe(0);
    await until(() => lines(file).length === 2);
    await iterator.return();
  });

  test('the error of an input comes after the results of what came before it', async () => {
    const source = new Source(3, new RangeError('input'));
    const iterator = make(1).map(identity, source, { buffersize: 2 });
    expect(await drained(iterator)).toEqual([0, 1, 2, 'RangeError(input)', 'Stop', 'Stop']);
    expect(source.closed).toBe(0);
  });

  test('shut down, it gives what is submitted, then the RuntimeError of submit', async () => {
    const executor = make(1);
    const source = new Source();
    const iterator = executor.map(identity, source, { buffersize: 2 });
    await executor.shutdown();
    expect(await drained(iterator)).toEqual([
      0,
      1,
      'RuntimeError(cannot schedule new futures after shutdown)',
      'Stop',
      'Stop',
    ]);
    expect(source).toMatchObject({ asked: 3, closed: 1 });
  });

  // H17: Python holds the executor weakly, and stops silently when it is collected.
  test('keeps its executor', async () => {
    const executor: { made: AnyExecutor | null } = { made: make(1) };
    const iterator = (executor.made as AnyExecutor).map(identity, new Source(4), { buffersize: 1 });
    executor.made = null;
    expect(await drained(iterator)).toEqual([0, 1, 2, 3, 'Stop', 'Stop']);
  });
});

executors('an input of map that throws', (make) => {
  test('at the call makes map throw; what was submitted runs', async () => {
    const file = path('ran');
    const executor = make(1);
    const bad = function* (): Generator<number> {
      yield 1;
      yield 2;
      throw new RangeError('src');
    };
    expect(() => executor.map((n: number) => note(file, n), bad())).toThrow(new RangeError('src'));
    expect(exc(both('iterable raising: raised by map() itself')).type).toBe('KeyError');
    await executor.shutdown();
    expect(lines(file).map(Number)).toEqual(both('already submitted calls still ran').ok);
  });

  test('when it is asked for its iterator makes map throw, and closes those before it', () => {
    const source = new Source();
    const bad: Iterable<number> = {
      [Symbol.iterator]: (): never => {
        throw new RangeError('iter');
      },
    };
    expect(() => make(1).map(pow, source, bad)).toThrow(new RangeError('iter'));
    expect(source).toMatchObject({ asked: 0, closed: 1 });
  });

  test('closes the others, and is not closed itself', () => {
    const [first, second, third] = [new Source(), new Source(1, new RangeError('second')), new Source()];
    const three = (a: number, b: number, c: number): number => a + b + c;
    expect(() => make(1).map(three, first, second, third)).toThrow(new RangeError('second'));
    expect([first.asked, second.asked, third.asked]).toEqual([2, 1, 1]);
    expect([first.closed, second.closed, third.closed]).toEqual([1, 0, 1]);
  });

  test('that has ended is not closed, and the others are', async () => {
    const [first, second, third] = [new Source(), new Source(1), new Source()];
    const three = (a: number, b: number, c: number): number => a + b + c;
    expect(await drained(make(1).map(three, first, second, third))).toEqual([0, 'Stop', 'Stop']);
    expect([first.closed, second.closed, third.closed]).toEqual([1, 0, 1]);
  });

  test('is closed when map cannot submit', async () => {
    const source = new Source();
    const executor = make(1);
    await executor.shutdown();
    expect(() => executor.map(identity, source)).toThrow('cannot schedule new futures after shutdown');
    expect(source.closed).toBe(1);
    expect(await drained(executor.map(identity, []))).toEqual(['Stop', 'Stop']);
  });
});

// What blocks does not take them.
asyncExecutors('map of asynchronous inputs', (make) => {
  async function* slow(n: number): AsyncGenerator<number> {
    for (let i = 0; i < n; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      yield i;
    }
  }

  test('takes them as they come', async () => {
    expect(await drained(make.shared(2).map(identity, slow(3)))).toEqual([0, 1, 2, 'Stop', 'Stop']);
  });

  test('goes with several, of both kinds, up to the end of the shortest', async () => {
    const source = new Source();
    const result = await drained(make(2).map(pow, source, slow(3)));
    expect(result).toEqual([1, 1, 4, 'Stop', 'Stop']);
    expect(source.closed).toBe(1);
  });

  test('cuts them into chunks', async () => {
    expect(await drained(make.shared(2).map(pow, slow(5), slow(5), { chunksize: 2 }))).toEqual([
      1,
      1,
      4,
      27,
      256,
      'Stop',
      'Stop',
    ]);
  });

  test('gives results while the input goes on', async () => {
    const events = new EventEmitter();
    const input = on(events, 'item') as AsyncIterable<[number]>;
    const iterator = make.shared(1).map(([n]: [number]) => n, input);
    events.emit('item', 7);
    expect((await iterator.next()).value).toBe(7);
    const waiting = iterator.next();
    events.emit('item', 8);
    expect((await waiting).value).toBe(8);
    await iterator.return();
  });

  test('left, closes an input that is being waited for', async () => {
    const events = new EventEmitter();
    const iterator = make.shared(1).map(([n]: [number]) => n, on(events, 'item') as AsyncIterable<[number]>);
    const waiting = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(events, 'item')).toHaveLength(1);
    await iterator.return();
    expect(await soon(waiting)).toEqual({ done: true, value: undefined });
    expect(getEventListeners(events, 'item')).toEqual([]);
  });

  test('shut down meanwhile, it fails with the RuntimeError of submit and closes the input', async () => {
    const source = new Source();
    const executor = make(1);
    const iterator = executor.map(identity, new AsyncSource(source), { buffersize: 2 });
    expect((await iterator.next()).value).toBe(0);
    await until(() => source.asked === 3);
    await executor.shutdown();
    expect(await drained(iterator)).toEqual([
      1,
      2,
      'RuntimeError(cannot schedule new futures after shutdown)',
      'Stop',
      'Stop',
    ]);
    expect(source).toMatchObject({ asked: 4, closed: 1 });
  });
});

// Asynchronous inputs, and a `next()` that does not block.
asyncExecutors('a map that is waited for', (make) => {
  test('closed while a next() waits, that one is done', async () => {
    const gate = path('gate');
    const iterator = make(1).map(pass, [gate, gate]);
    const waiting = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    await iterator.return();
    expect(await soon(waiting)).toEqual({ done: true, value: undefined });
    open(gate);
  });

  test('counts from the call, for an asynchronous input that does not come as well', async () => {
    const never: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    };
    const iterator = make(1).map(identity, never, { timeout: 0.02 });
    expect(await drained(iterator)).toEqual(['TimeoutError()', 'Stop', 'Stop']);
  });

  test('an asynchronous input is bounded as well', async () => {
    const source = new Source();
    const iterator = make(2).map(identity, new AsyncSource(source), { buffersize: 2 });
    await until(() => source.asked === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.asked).toBe(2);
    expect((await iterator.next()).value).toBe(0);
    await until(() => source.asked === 3);
    await iterator.return();
    expect(source.closed).toBe(1);
  });

  test('asynchronously fails after the results of what came before it, whatever the chunksize', async () => {
    const executor = make(1);
    const failing = (): AsyncSource => new AsyncSource(new Source(3, new RangeError('input')));
    const expected = [0, 1, 2, 'RangeError(input)', 'Stop', 'Stop'];
    expect(await drained(executor.map(identity, failing()))).toEqual(expected);
    expect(await drained(executor.map(identity, failing(), { buffersize: 1 }))).toEqual(expected);
    expect(await drained(executor.map(identity, failing(), { chunksize: 3 }))).toEqual(expected);
  });

  test('asynchronously when it is asked for its iterator makes map throw', () => {
    const bad: AsyncIterable<number> = {
      [Symbol.asyncIterator]: (): never => {
        throw new RangeError('iter');
      },
    };
    expect(() => make.shared(1).map(identity, bad)).toThrow(new RangeError('iter'));
  });
});
