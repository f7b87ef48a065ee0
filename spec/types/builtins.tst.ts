import { expect, test } from 'tstyche';
import {
  enumerate,
  len,
  OSError,
  range,
  sorted,
  time,
  TypeError as NativeTypeError,
  zip,
} from 'multiprocessing-ts/builtins';
import type { Range } from 'multiprocessing-ts/builtins';

test('range takes one to three numbers', () => {
  expect(range(3)).type.toBe<Range>();
  expect(range(0, 10, 2)).type.toBeAssignableTo<Iterable<number>>();
  expect(range).type.not.toBeCallableWith('3');
  expect(range).type.not.toBeCallableWith();
  expect(range).type.not.toBeCallableWith(1, 2, 3, 4);
});

test('zip and enumerate keep the types of their parts', () => {
  expect(zip([1], 'ab')).type.toBeAssignableTo<Iterable<[number, string]>>();
  expect(enumerate(['a'])).type.toBeAssignableTo<Iterable<[number, string]>>();
});

declare const results: AsyncIterableIterator<boolean>;

test('zip and enumerate are asynchronous when a part is', () => {
  expect(zip(range(3), results)).type.toBe<AsyncGenerator<[number, boolean], void, undefined>>();
  expect(zip(results, 'ab', [1])).type.toBe<AsyncGenerator<[boolean, string, number], void, undefined>>();
  expect(enumerate(results, 1)).type.toBe<AsyncGenerator<[number, boolean], void, undefined>>();
  expect(zip([1], 'ab')).type.toBe<Generator<[number, string], void, undefined>>();
  expect(zip).type.not.toBeCallableWith([1], 5);
});

test('sorted keeps the type of the values', () => {
  expect(sorted(new Set([1]))).type.toBe<number[]>();
});

test('time is a function and holds functions', () => {
  expect(time()).type.toBe<number>();
  expect(time.time()).type.toBe<number>();
});

test('len does not take a number', () => {
  expect(len).type.not.toBeCallableWith(5);
});

test('exceptions are errors', () => {
  expect(new OSError('x')).type.toBeAssignableTo<Error>();
  expect(new NativeTypeError('x')).type.toBe<TypeError>();
});
