import type * as asynchronous from 'multiprocessing-ts/concurrent/futures';
import type { Future, ProcessPoolExecutor } from 'multiprocessing-ts/sync/concurrent/futures';
import {
  as_completed,
  wait,
  type DoneAndNotDoneFutures,
  type Executor,
  type MapIterator,
  type ThreadPoolExecutor,
} from 'multiprocessing-ts/sync/concurrent/futures';
import { describe, expect, test } from 'tstyche';

declare const executor: ProcessPoolExecutor;
declare const threads: ThreadPoolExecutor;
declare const future: Future<number>;
declare const other: asynchronous.Future<string>;
const square = (x: number) => x * x;
const later = async (x: number) => String(x);
async function* input() {
  yield await Promise.resolve(1);
}

describe('an executor that blocks', () => {
  test('gives futures of values, of async functions as well', () => {
    expect(executor.submit(square, 1)).type.toBe<Future<number>>();
    expect(threads.submit(later, 1)).type.toBe<Future<string>>();
    expect(executor.submit).type.not.toBeCallableWith(square, 'a');
    expect(executor.with_options({ timeout: 1 }).submit(later, 1).result()).type.toBe<string>();
  });

  test('maps to a plain iterator', () => {
    expect(executor.map(later, [1])).type.toBe<MapIterator<string>>();
    expect([...executor.map(square, [1], { chunksize: 2 })]).type.toBe<number[]>();
    expect(executor.map).type.not.toBeCallableWith(square, input());
  });

  test('is left by `using`', () => {
    expect(executor).type.toBeAssignableTo<Disposable>();
    expect(executor).type.toBeAssignableTo<Executor>();
    expect(executor.shutdown(true, { cancel_futures: true })).type.toBe<void>();
  });
});

describe('a future that blocks', () => {
  test('has its value', () => {
    expect(future.result()).type.toBe<number>();
    expect(future.result({ timeout: 1 })).type.toBe<number>();
    expect(future.exception(1)).type.toBe<unknown>();
  });

  test('is waited for together with others', () => {
    expect(wait([future])).type.toBe<DoneAndNotDoneFutures<Future<number>>>();
    expect(wait([future, other], 1).done).type.toBe<Set<Future<number> | asynchronous.Future<string>>>();
    for (const each of as_completed(new Map([[future, 'a']]))) expect(each).type.toBe<Future<number>>();
  });
});
