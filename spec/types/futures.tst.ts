import {
  as_completed,
  FIRST_COMPLETED,
  Future,
  wait,
  type CompletedFutures,
  type DoneAndNotDoneFutures,
} from 'multiprocessing-ts/concurrent/futures';
import { describe, expect, test } from 'tstyche';

declare const numbers: Future<number>[];
declare const mixed: Iterable<Future<number> | Future<string>>;
class Task extends Future<number> {
  readonly url: string = 'about:blank';
}
declare const tasks: Set<Task>;
declare const urls: Map<Future<number>, string>;

describe('a future', () => {
  test('gives its result and its exception as promises', () => {
    const future = new Future<number>();
    expect(future.result()).type.toBe<Promise<number>>();
    expect(future.result(5)).type.toBe<Promise<number>>();
    expect(future.result({ timeout: 5 })).type.toBe<Promise<number>>();
    expect(future.exception(null)).type.toBe<Promise<unknown>>();
    expect(future.result).type.not.toBeCallableWith('5');
    expect(future.result).type.not.toBeCallableWith({ seconds: 5 });
  });

  test('is no promise', () => {
    expect<Future<number>>().type.not.toBeAssignableTo<PromiseLike<unknown>>();
  });

  test('takes a result of its type, and any exception', () => {
    expect(new Future<number>().set_result).type.toBeCallableWith(1);
    expect(new Future<number>().set_result).type.not.toBeCallableWith('1');
    expect(new Future<number>().set_exception).type.toBeCallableWith('1');
  });

  test('hands itself to its callbacks', () => {
    new Future<number>().add_done_callback((future) => {
      expect(future.result()).type.toBe<Promise<number>>();
    });
    new Task().add_done_callback((task) => {
      expect(task.url).type.toBe<string>();
    });
    expect(new Future<number>().add_done_callback).type.toBeCallableWith((future: Future<number>) => future);
    expect(new Future<number>().add_done_callback).type.toBeCallableWith((future: Future<unknown>) => future);
    expect(new Future<number>().add_done_callback).type.toBeCallableWith(async () => 1);
    expect(new Future<number>().add_done_callback).type.not.toBeCallableWith((n: number) => n);
    expect(new Future<number>().add_done_callback).type.not.toBeCallableWith(5);
  });

  test('of a number is one of something', () => {
    expect<Future<number>>().type.toBeAssignableTo<Future<unknown>>();
    expect<Future<number>>().type.toBeAssignableTo<Future<number | string>>();
    expect<Future<number>>().type.not.toBeAssignableTo<Future<string>>();
    expect<Task>().type.toBeAssignableTo<Future<number>>();
  });
});

describe('wait', () => {
  test('keeps the type of the futures', async () => {
    expect(wait(numbers)).type.toBe<Promise<DoneAndNotDoneFutures<Future<number>>>>();
    const { done, not_done } = await wait(tasks, { timeout: 5, return_when: 'FIRST_COMPLETED' });
    expect(done).type.toBe<Set<Task>>();
    expect(not_done).type.toBe<Set<Task>>();
    const [first, second] = await wait(mixed, 5, FIRST_COMPLETED);
    expect(first).type.toBe<Set<Future<number> | Future<string>>>();
    expect(second).type.toBe<Set<Future<number> | Future<string>>>();
    expect(wait(not_done, { return_when: FIRST_COMPLETED })).type.toBe<
      Promise<DoneAndNotDoneFutures<Task>>
    >();
  });

  test('takes the keys of a map', () => {
    expect(wait(urls)).type.toBe<Promise<DoneAndNotDoneFutures<Future<number>>>>();
    expect(wait(urls.keys(), null, FIRST_COMPLETED)).type.toBe<
      Promise<DoneAndNotDoneFutures<Future<number>>>
    >();
  });

  test('takes its arguments by position and by keyword', () => {
    expect(wait).type.toBeCallableWith([], 5, { return_when: FIRST_COMPLETED });
    expect(wait).type.not.toBeCallableWith();
    expect(wait).type.not.toBeCallableWith(new Future());
    expect(wait).type.not.toBeCallableWith([new Future().result()]);
    expect(wait).type.not.toBeCallableWith(numbers, { return_when: 'FIRST' });
    expect(wait).type.not.toBeCallableWith(numbers, { seconds: 5 });
    expect(wait).type.not.toBeCallableWith(numbers, '5');
  });
});

describe('as_completed', () => {
  test('keeps the type of the futures', async () => {
    expect(as_completed(numbers)).type.toBe<CompletedFutures<Future<number>>>();
    for await (const task of as_completed(tasks, { timeout: 5 })) expect(task).type.toBe<Task>();
    for await (const future of as_completed(urls, 5)) expect(future).type.toBe<Future<number>>();
    expect(as_completed(mixed)).type.toBeAssignableTo<AsyncIterable<Future<number> | Future<string>>>();
  });

  test('checks its arguments', () => {
    expect(as_completed).type.not.toBeCallableWith(new Future());
    expect(as_completed).type.not.toBeCallableWith([1]);
    expect(as_completed).type.not.toBeCallableWith(numbers, { return_when: FIRST_COMPLETED });
  });
});
