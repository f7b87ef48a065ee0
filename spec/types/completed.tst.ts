import { describe, expect, test } from 'tstyche';
import { as_completed, Future, wait } from 'multiprocessing-ts/concurrent/futures';
import type { CompletedFutures, DoneAndNotDoneFutures } from 'multiprocessing-ts/concurrent/futures';

const text = new Future<string>();
const count = new Future<number>();

describe('as_completed and wait know what their futures give', () => {
  test('of an array', () => {
    expect(as_completed([count])).type.toBe<CompletedFutures<Future<number>>>();
    expect(wait([count])).type.toBe<Promise<DoneAndNotDoneFutures<Future<number>>>>();
    expect(as_completed([count, text])).type.toBe<CompletedFutures<Future<number> | Future<string>>>();
  });

  test('of a set, and of any iterable', () => {
    expect(as_completed(new Set([text]), 5)).type.toBe<CompletedFutures<Future<string>>>();
    expect(as_completed(new Set([text]).values())).type.toBe<CompletedFutures<Future<string>>>();
  });

  test('of the keys of a map', () => {
    expect(as_completed(new Map([[count, 'a']]))).type.toBe<CompletedFutures<Future<number>>>();
    expect(wait(new Map([[count, 'a']]), 5)).type.toBe<Promise<DoneAndNotDoneFutures<Future<number>>>>();
  });

  test('and take nothing else', () => {
    expect(as_completed).type.not.toBeCallableWith(count);
    expect(as_completed).type.not.toBeCallableWith([1]);
    expect(as_completed).type.not.toBeCallableWith([count.result()]);
    expect(wait).type.not.toBeCallableWith(new Map([['a', count]]));
  });
});
