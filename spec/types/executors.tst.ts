import { get_context } from 'multiprocessing-ts';
import { range } from 'multiprocessing-ts/builtins';
import {
  Executor,
  Future,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type MapIterator,
  type Submitter,
} from 'multiprocessing-ts/concurrent/futures';
import { describe, expect, test } from 'tstyche';

declare const executor: ProcessPoolExecutor;
declare const threads: ThreadPoolExecutor;
declare const any: Executor;
declare const urls: Set<string>;
declare const lines: AsyncIterable<string>;
declare const signal: AbortSignal;

const square = (x: number) => x * x;
const later = async (x: number) => String(x);
const add = (a: number, b: string) => `${a}${b}`;
const optional = (a: number, b?: string) => `${a}${b ?? ''}`;
const rest = (first: string, ...others: number[]) => others.length + first.length;
const generic = <T>(x: T): T[] => [x];

describe('the constructors', () => {
  test('of processes take their arguments by position and by keyword', () => {
    const context = get_context('spawn');
    expect(ProcessPoolExecutor).type.toBeConstructableWith();
    expect(ProcessPoolExecutor).type.toBeConstructableWith(4);
    expect(ProcessPoolExecutor).type.toBeConstructableWith(null, { max_tasks_per_child: 10 });
    expect(ProcessPoolExecutor).type.toBeConstructableWith(4, context, square, [1]);
    expect(ProcessPoolExecutor).type.toBeConstructableWith(4, context, square, [1], {
      max_tasks_per_child: 1,
    });
    expect(ProcessPoolExecutor).type.toBeConstructableWith({ max_workers: 4, mp_context: context });
    expect(ProcessPoolExecutor).type.toBeConstructableWith({ initializer: square, initargs: new Set([1]) });
    expect(ProcessPoolExecutor).type.not.toBeConstructableWith('4');
    expect(ProcessPoolExecutor).type.not.toBeConstructableWith(4, 'spawn');
    expect(ProcessPoolExecutor).type.not.toBeConstructableWith({ processes: 4 });
    expect(ProcessPoolExecutor).type.not.toBeConstructableWith({ thread_name_prefix: 'x' });
    expect(ProcessPoolExecutor).type.not.toBeConstructableWith(4, null, null, [], 10);
  });

  test('of threads too', () => {
    expect(ThreadPoolExecutor).type.toBeConstructableWith();
    expect(ThreadPoolExecutor).type.toBeConstructableWith(4, 'prefix', square, [1]);
    expect(ThreadPoolExecutor).type.toBeConstructableWith(4, { thread_name_prefix: 'prefix' });
    expect(ThreadPoolExecutor).type.toBeConstructableWith({ max_workers: 4, initializer: later });
    expect(ThreadPoolExecutor).type.not.toBeConstructableWith(4, 5);
    expect(ThreadPoolExecutor).type.not.toBeConstructableWith({ max_tasks_per_child: 4 });
  });

  test('make executors', () => {
    expect<ProcessPoolExecutor>().type.toBeAssignableTo<Executor>();
    expect<ThreadPoolExecutor>().type.toBeAssignableTo<Executor>();
    expect<Executor>().type.toBeAssignableTo<AsyncDisposable>();
  });
});

describe('submit', () => {
  test('gives the future of what the function returns, awaited', () => {
    expect(executor.submit(square, 2)).type.toBe<Future<number>>();
    expect(threads.submit(later, 2)).type.toBe<Future<string>>();
    expect(any.submit(() => 1)).type.toBe<Future<number>>();
    expect(executor.submit(generic, 1)).type.toBe<Future<number[]>>();
  });

  test('checks the arguments of the function', () => {
    expect(executor.submit(add, 1, 'a')).type.toBe<Future<string>>();
    expect(executor.submit(optional, 1)).type.toBe<Future<string>>();
    expect(executor.submit(optional, 1, 'a')).type.toBe<Future<string>>();
    expect(executor.submit(rest, 'a', 1, 2, 3)).type.toBe<Future<number>>();
    expect(executor.submit).type.not.toBeCallableWith(square);
    expect(executor.submit).type.not.toBeCallableWith(square, '2');
    expect(executor.submit).type.not.toBeCallableWith(add, 1);
    expect(executor.submit).type.not.toBeCallableWith(add, 1, 2);
    expect(executor.submit).type.not.toBeCallableWith(rest, 'a', 'b');
    expect(executor.submit).type.not.toBeCallableWith(5);
    expect(executor.submit).type.not.toBeCallableWith();
  });

  test('takes no options: they would be arguments', () => {
    expect(executor.submit).type.not.toBeCallableWith(square, 2, { timeout: 5 });
    expect(executor.submit).type.not.toBeCallableWith(square, 2, { signal });
  });
});

describe('with_options', () => {
  test('gives what submits with them', () => {
    expect(executor.with_options({ timeout: 5, signal })).type.toBe<Submitter>();
    expect(threads.with_options({ signal: null }).submit(later, 2)).type.toBe<Future<string>>();
    expect(executor.with_options({ timeout: 5 }).map(square, [1])).type.toBe<MapIterator<number>>();
    expect(executor.with_options).type.not.toBeCallableWith({ timout: 5 });
    expect(executor.with_options).type.not.toBeCallableWith({ chunksize: 5 });
    expect(executor.with_options).type.not.toBeCallableWith(signal);
  });

  test('the base class has none', () => {
    expect(any).type.not.toHaveProperty('with_options');
  });
});

describe('map', () => {
  test('iterates over what the function returns, awaited', () => {
    expect(executor.map(square, [1, 2])).type.toBe<MapIterator<number>>();
    expect(threads.map(later, range(10))).type.toBe<MapIterator<string>>();
    expect(any.map(generic, urls)).type.toBe<MapIterator<string[]>>();
    expect(executor.map(square, [1]).next()).type.toBe<Promise<IteratorResult<number, undefined>>>();
  });

  test('takes one input for each parameter, of any kind', () => {
    expect(executor.map(add, [1, 2], ['a', 'b'])).type.toBe<MapIterator<string>>();
    expect(executor.map(add, range(10), lines)).type.toBe<MapIterator<string>>();
    expect(executor.map(add, new Set([1]), 'abc')).type.toBe<MapIterator<string>>();
    expect(executor.map(optional, [1])).type.toBe<MapIterator<string>>();
    expect(executor.map(optional, [1], ['a'])).type.toBe<MapIterator<string>>();
    expect(executor.map(rest, ['a'], [1], [2])).type.toBe<MapIterator<number>>();
    expect(executor.map(parseInt, ['1'])).type.toBe<MapIterator<number>>();
    expect(executor.map(() => 1)).type.toBe<MapIterator<number>>();
    expect(executor.map(() => 1, range(3))).type.toBe<MapIterator<number>>();
  });

  test('infers the items from the inputs', () => {
    expect(executor.map((x) => x.length, urls)).type.toBe<MapIterator<number>>();
    expect(executor.map((x, y) => [x, y] as const, [1], lines)).type.toBe<
      MapIterator<readonly [number, string]>
    >();
    expect(executor.map(([key, value]) => key.length + value, new Map([['a', 1]]))).type.toBe<
      MapIterator<number>
    >();
  });

  test('takes its options last', () => {
    expect(executor.map(square, [1], { chunksize: 5 })).type.toBe<MapIterator<number>>();
    expect(executor.map(add, [1], ['a'], { timeout: 5, buffersize: 2, signal })).type.toBe<
      MapIterator<string>
    >();
    expect(executor.map((x) => x.length, urls, { chunksize: 5 })).type.toBe<MapIterator<number>>();
    expect(executor.map(optional, [1], { chunksize: 5 })).type.toBe<MapIterator<string>>();
    expect(executor.map).type.not.toBeCallableWith(square, { chunksize: 5 }, [1]);
    expect(executor.map).type.not.toBeCallableWith(square, [1], { chunk: 5 });
    expect(executor.map).type.not.toBeCallableWith(square, [1], 5);
  });

  test('checks the items', () => {
    expect(executor.map).type.not.toBeCallableWith(square, ['1']);
    expect(executor.map).type.not.toBeCallableWith(add, ['a'], [1]);
    expect(executor.map).type.not.toBeCallableWith(add, [1]);
    expect(executor.map).type.not.toBeCallableWith(square, 5);
    expect(executor.map).type.not.toBeCallableWith(square, Promise.resolve([1]));
  });
});

describe('shutdown', () => {
  test('takes wait by position or by keyword, cancel_futures by keyword', () => {
    expect(executor.shutdown()).type.toBe<Promise<void>>();
    expect(executor.shutdown).type.toBeCallableWith(false);
    expect(executor.shutdown).type.toBeCallableWith({ wait: false, cancel_futures: true });
    expect(executor.shutdown).type.toBeCallableWith(true, { cancel_futures: true });
    expect(executor.shutdown).type.not.toBeCallableWith(true, true);
    expect(executor.shutdown).type.not.toBeCallableWith(true, { wait: false });
    expect(executor.shutdown).type.not.toBeCallableWith({ cancel: true });
  });

  test('only processes can be terminated', () => {
    expect<typeof executor.kill_workers>().type.toBe<() => void>();
    expect<typeof executor.terminate_workers>().type.toBe<() => void>();
    expect(threads).type.not.toHaveProperty('kill_workers');
  });
});

describe("an executor of one's own", () => {
  test('gives submit, and has map', () => {
    class Inline extends Executor {
      override submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
        const future = new Future<Awaited<R>>();
        future.set_result(fn(...args) as Awaited<R>);
        return future;
      }
    }
    expect(new Inline().map(square, [1, 2])).type.toBe<MapIterator<number>>();
  });
});
