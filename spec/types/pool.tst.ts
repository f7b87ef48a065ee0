import { Pool } from 'multiprocessing-ts';
import type { AsyncResult, IMapIterator, MapResult } from 'multiprocessing-ts/pool';
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
