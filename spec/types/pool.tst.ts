import { Pool } from 'multiprocessing-ts';
import { ThreadPool, type AsyncResult, type IMapIterator, type MapResult } from 'multiprocessing-ts/pool';
import { describe, expect, test } from 'tstyche';

declare const pool: Pool;
const square = (x: number) => x * x;
const later = async (x: number) => String(x);
const add = (a: number, b: string) => `${a}${b}`;

describe('the constructor', () => {
  test('takes its arguments by position and by keyword', () => {
    expect(Pool).type.toBeConstructableWith();
    expect(Pool).type.toBeConstructableWith(4, square, [1], 10);
    expect(Pool).type.toBeConstructableWith(4, { maxtasksperchild: 10 });
    expect(Pool).type.toBeConstructableWith({ processes: 4, initializer: square, initargs: [1] });
    expect(Pool).type.not.toBeConstructableWith({ size: 4 });
    expect(Pool).type.not.toBeConstructableWith('4');
  });
});

describe('ThreadPool', () => {
  test('is a Pool in all it has', () => {
    expect(ThreadPool).type.toBeAssignableTo<typeof Pool>();
    expect(new ThreadPool(2)).type.toBeAssignableTo<Pool>();
    expect(new ThreadPool(2).map(square, [1, 2])).type.toBe<Promise<number[]>>();
    expect(ThreadPool).type.not.toBeConstructableWith({ size: 4 });
  });
});

describe('apply', () => {
  test('resolves to what the function returns', () => {
    expect(pool.apply(square, [2])).type.toBe<Promise<number>>();
    expect(pool.apply(later, [2])).type.toBe<Promise<string>>();
    expect(pool.apply(() => 1)).type.toBe<Promise<number>>();
  });

  test('checks the arguments of the function', () => {
    expect(pool.apply).type.not.toBeCallableWith(square, ['2']);
    expect(pool.apply).type.not.toBeCallableWith(add, [1]);
    expect(pool.apply).type.not.toBeCallableWith(5, [1]);
  });

  test('apply_async gives a result object, and its callback the value', () => {
    expect(pool.apply_async(square, [2])).type.toBe<AsyncResult<number>>();
    expect(pool.apply_async(later, { args: [2] })).type.toBe<AsyncResult<string>>();
    expect(pool.apply_async).type.toBeCallableWith(square, [2], { callback: (value: number) => value });
    expect(pool.apply_async).type.not.toBeCallableWith(square, {
      args: [2],
      callback: (value: string) => value,
    });
  });

  test('a result is no promise', () => {
    expect(pool.apply_async(square, [2])).type.not.toBeAssignableTo<PromiseLike<unknown>>();
    expect(pool.apply_async(square, [2]).get(1)).type.toBe<Promise<number>>();
  });
});

describe('map', () => {
  test('resolves to a list of what the function returns', () => {
    expect(pool.map(square, [1, 2])).type.toBe<Promise<number[]>>();
    expect(pool.map(later, new Set([1]), 5)).type.toBe<Promise<string[]>>();
    expect(pool.map(square, [1], { chunksize: 5 })).type.toBe<Promise<number[]>>();
    expect(pool.map_async(square, [1])).type.toBe<MapResult<number>>();
  });

  test('infers the type of an item', () => {
    expect(pool.map((x) => x.length, ['a'])).type.toBe<Promise<number[]>>();
  });

  test('takes an async input', () => {
    const input: AsyncIterable<number> = (async function* () {
      yield 1;
    })();
    expect(pool.map(square, input)).type.toBe<Promise<number[]>>();
  });

  test('checks the items and the keywords', () => {
    expect(pool.map).type.not.toBeCallableWith(square, ['1']);
    expect(pool.map).type.not.toBeCallableWith(square, 5);
    expect(pool.map).type.not.toBeCallableWith(square, [1], { chunk: 5 });
  });

  test('starmap spreads tuples', () => {
    expect(pool.starmap(add, [[1, 'a'], [2, 'b']])).type.toBe<Promise<string[]>>(); // prettier-ignore
    expect(pool.starmap).type.not.toBeCallableWith(add, [['a', 1]]);
    expect(pool.starmap).type.not.toBeCallableWith(add, [[1]]);
  });
});

describe('imap', () => {
  test('iterates over what the function returns', () => {
    expect(pool.imap(later, [1])).type.toBe<IMapIterator<string>>();
    expect(pool.imap(square, [1])).type.toBeAssignableTo<AsyncIterable<number>>();
    expect(pool.imap_unordered(square, [1], 5)).type.toBeAssignableTo<AsyncIterable<number>>();
    expect(pool.imap(square, [1], { buffersize: 3, timeout: 1 })).type.toBe<IMapIterator<number>>();
  });

  test('next takes a timeout', () => {
    expect(pool.imap(square, [1]).next(1)).type.toBeAssignableTo<Promise<IteratorResult<number>>>();
  });
});

test('await using holds a pool', () => {
  expect(pool).type.toBeAssignableTo<AsyncDisposable>();
});

describe('what users write', () => {
  const greet = (name: string, greeting = 'hello') => `${greeting} ${name}`;
  const either = (x: number): number | Promise<string> => (x > 0 ? x : Promise.resolve('no'));
  const withOptions = (x: number, options: { base: number }) => x + options.base;
  const nothing = () => undefined;

  test('functions with optional parameters take fewer arguments', () => {
    expect(pool.apply(greet, ['you'])).type.toBe<Promise<string>>();
    expect(pool.apply(greet, ['you', 'bye'])).type.toBe<Promise<string>>();
    expect(pool.apply).type.not.toBeCallableWith(greet, ['you', 1]);
    expect(pool.starmap(greet, [['you'], ['me']])).type.toBe<Promise<string[]>>();
  });

  test('functions that are sometimes async resolve to both', () => {
    expect(pool.apply(either, [1])).type.toBe<Promise<string | number>>();
    expect(pool.map(either, [1])).type.toBe<Promise<(string | number)[]>>();
  });

  test('functions of the language', () => {
    expect(pool.map(Math.sqrt, [1, 4])).type.toBe<Promise<number[]>>();
    expect(pool.map(String, [1, 4])).type.toBe<Promise<string[]>>();
    expect(pool.apply(Math.max, [1, 2, 3])).type.toBe<Promise<number>>();
    expect(pool.starmap(Math.pow, [[2, 3]])).type.toBe<Promise<number[]>>();
  });

  test('functions that return nothing', () => {
    expect(pool.apply(nothing)).type.toBe<Promise<undefined>>();
    expect(pool.map(nothing, [])).type.toBe<Promise<undefined[]>>();
  });

  test('keywords go to the function as its last argument', () => {
    expect(pool.apply(withOptions, [1], { base: 2 })).type.toBe<Promise<number>>();
    expect(pool.apply_async(withOptions, { args: [1], kwds: { base: 2 } })).type.toBe<AsyncResult<number>>();
    expect(pool.apply_async(withOptions, [1], { kwds: { base: 2 } })).type.toBe<AsyncResult<number>>();
  });

  test('inputs of every kind', () => {
    const generator = function* (): Generator<[number, string]> {
      yield [1, 'a'];
    };
    expect(pool.starmap(add, generator())).type.toBe<Promise<string[]>>();
    expect(pool.starmap(add, new Map([[1, 'a']]))).type.toBe<Promise<string[]>>();
    expect(pool.starmap(add, [[1, 'a']] as const)).type.toBe<Promise<string[]>>();
    expect(pool.map(square, new Float64Array(2))).type.toBe<Promise<number[]>>();
    expect(pool.map(square, [1, 2] as const)).type.toBe<Promise<number[]>>();
    expect(pool.map((c) => c.length, 'abc')).type.toBe<Promise<number[]>>();
    expect(pool.map).type.not.toBeCallableWith(square, null);
  });

  test('callbacks know what they get', () => {
    pool.apply_async(later, [1], {
      callback: (value) => {
        expect(value).type.toBe<string>();
      },
      error_callback: (error) => {
        expect(error).type.toBe<unknown>();
      },
    });
    pool.apply_async(later, [1], null, (value) => {
      expect(value).type.toBe<string>();
    });
    pool.map_async(later, [1], null, (list) => {
      expect(list).type.toBe<string[]>();
    });
    pool.map_async(later, [1], {
      callback: (list) => {
        expect(list).type.toBe<string[]>();
      },
    });
    pool.starmap_async(add, [[1, 'a']], 5, {
      callback: (list) => {
        expect(list).type.toBe<string[]>();
      },
    });
  });

  test('callbacks may be async', () => {
    expect(pool.apply_async).type.toBeCallableWith(square, [1], { callback: async (value: number) => value });
  });

  test('keywords do not switch the checks off', () => {
    expect(pool.apply).type.not.toBeCallableWith(square, ['2'], { timeout: 1 });
    expect(pool.apply_async).type.not.toBeCallableWith(square, ['2'], { callback: (value: number) => value });
    expect(pool.apply_async).type.not.toBeCallableWith(square, [2], { callback: (value: string) => value });
    expect(pool.apply_async).type.not.toBeCallableWith(square, [2], {}, (value: string) => value);
    expect(pool.apply_async).type.not.toBeCallableWith(square, { args: ['2'] });
    expect(pool.map_async).type.not.toBeCallableWith(square, [1], { callback: (value: string[]) => value });
    expect(pool.imap).type.not.toBeCallableWith(square, [1], { callback: square });
    expect(pool.map).type.not.toBeCallableWith(square, [1], { timeout: '1' });
    expect(pool.map).type.not.toBeCallableWith(square, [1], '5');
  });

  test('an iterator gives values, and nothing at the end', () => {
    expect(pool.imap(square, [1]).next()).type.toBe<Promise<IteratorResult<number, undefined>>>();
    expect(pool.imap(square, [1])).type.toBeAssignableTo<AsyncIterableIterator<number, undefined>>();
    expect(pool.imap(square, [1])).type.toBeAssignableTo<AsyncDisposable>();
  });

  test('the life cycle', () => {
    expect(pool.join()).type.toBe<Promise<void>>();
    expect(pool.terminate()).type.toBe<Promise<void>>();
    expect(pool.apply_async(square, [1]).ready()).type.toBe<boolean>();
    expect(pool.apply_async(square, [1]).wait(1)).type.toBe<Promise<void>>();
    expect(pool.apply_async(square, [1])).type.toBeAssignableTo<AsyncResult<number | string>>();
  });

  test('an initializer has any parameters', () => {
    expect(Pool).type.toBeConstructableWith(2, add, [1, 'a']);
    expect(Pool).type.toBeConstructableWith(2, async () => undefined);
    expect(Pool).type.toBeConstructableWith(2, null, null, null);
    expect(Pool).type.toBeConstructableWith(undefined, square, new Set([1]));
    expect(Pool).type.toBeConstructableWith(2, square, { initargs: [1], maxtasksperchild: 3 });
    expect(Pool).type.not.toBeConstructableWith(2, 'square');
    expect(Pool).type.not.toBeConstructableWith(2, square, 5);
    expect(Pool).type.not.toBeConstructableWith(2, square, { processes: 3 });
  });
});
