import type { Pool } from 'multiprocessing-ts/sync/pool';
import {
  ThreadPool,
  type AsyncResult,
  type IMapIterator,
  type MapResult,
} from 'multiprocessing-ts/sync/pool';
import { describe, expect, test } from 'tstyche';

declare const pool: Pool;
const square = (x: number) => x * x;
const later = async (x: number) => String(x);
const add = (a: number, b: string) => `${a}${b}`;
async function* input() {
  yield await Promise.resolve(1);
}

describe('a pool that blocks', () => {
  test('returns values, of async functions as well', () => {
    expect(pool.apply(square, [1])).type.toBe<number>();
    expect(pool.apply(later, [1])).type.toBe<string>();
    expect(pool.map(later, [1])).type.toBe<string[]>();
    expect(pool.starmap(add, [[1, 'a']])).type.toBe<string[]>();
    expect(pool.join()).type.toBe<void>();
    expect(pool.terminate()).type.toBe<void>();
  });

  test('has results whose get returns the value', () => {
    expect(pool.apply_async(later, [1])).type.toBe<AsyncResult<string>>();
    expect(pool.apply_async(later, [1]).get(5)).type.toBe<string>();
    expect(pool.map_async(square, [1])).type.toBe<MapResult<number>>();
    expect(pool.map_async(square, [1]).get()).type.toBe<number[]>();
  });

  test('has plain iterators', () => {
    expect(pool.imap(later, [1])).type.toBe<IMapIterator<string>>();
    expect([...pool.imap(later, [1])]).type.toBe<string[]>();
  });

  test('takes no async input', () => {
    expect(pool.map).type.not.toBeCallableWith(square, input());
    expect(pool.imap).type.not.toBeCallableWith(square, input());
  });

  test('is left by `using`', () => {
    expect(pool).type.toBeAssignableTo<Disposable>();
    expect(ThreadPool).type.toBeAssignableTo<typeof Pool>();
  });
});
