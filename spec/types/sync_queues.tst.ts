import { JoinableQueue, Queue, SimpleQueue } from 'multiprocessing-ts/sync';
import type * as promising from 'multiprocessing-ts';
import { Pool } from 'multiprocessing-ts/sync/pool';
import { Empty, Full, Queue as ModuleQueue } from 'multiprocessing-ts/sync/queue';
import type * as door from 'multiprocessing-ts/queue';
import { describe, expect, test } from 'tstyche';

describe('what waits in Python blocks', () => {
  const queue = new Queue<number>(10);

  test('put', () => {
    expect(queue.put(1)).type.toBe<void>();
    expect(queue.put(1, true, 1.5)).type.toBe<void>();
    expect(queue.put(1, { block: false })).type.toBe<void>();
    expect(queue.put(1, true, { timeout: 1 })).type.toBe<void>();
    expect(queue.put_nowait(1)).type.toBe<void>();
  });

  test('get', () => {
    expect(queue.get()).type.toBe<number>();
    expect(queue.get(true, 1.5)).type.toBe<number>();
    expect(queue.get({ timeout: 1.5 })).type.toBe<number>();
    expect(queue.get_nowait()).type.toBe<number>();
  });

  test('the rest', () => {
    expect(queue.qsize()).type.toBe<number>();
    expect(queue.empty()).type.toBe<boolean>();
    expect(queue.full()).type.toBe<boolean>();
    expect(queue.close()).type.toBe<void>();
    expect(queue.join_thread()).type.toBe<void>();
    expect(queue.cancel_join_thread()).type.toBe<void>();
    const joinable = new JoinableQueue<string>();
    expect(joinable.task_done()).type.toBe<void>();
    expect(joinable.join()).type.toBe<void>();
    expect(joinable).type.toBeAssignableTo<Queue<string>>();
    const simple = new SimpleQueue<string>();
    expect(simple.put('x')).type.toBe<void>();
    expect(simple.get()).type.toBe<string>();
    expect(simple.empty()).type.toBe<boolean>();
  });
});

test('those of one facade are not those of the other', () => {
  expect<Queue<number>>().type.not.toBeAssignableTo<promising.Queue<number>>();
  expect<promising.Queue<number>>().type.not.toBeAssignableTo<Queue<number>>();
});

test('items have the type of the queue', () => {
  expect(new Queue<number>().put).type.not.toBeCallableWith('x');
  expect(new Queue<number>().put_nowait).type.not.toBeCallableWith('x');
  expect(new SimpleQueue<number>().put).type.not.toBeCallableWith('x');
  expect(new Queue().get()).type.toBe<unknown>();
});

test('they are made with a bound, by position or by name', () => {
  expect(Queue).type.toBeConstructableWith(5);
  expect(Queue).type.toBeConstructableWith({ maxsize: 5 });
  expect(JoinableQueue).type.toBeConstructableWith(5);
  expect(Queue).type.not.toBeConstructableWith('5');
  expect(Queue).type.not.toBeConstructableWith({ size: 5 });
});

test('they take no arguments that are none of theirs', () => {
  expect(new Queue().get).type.not.toBeCallableWith({ timeuot: 1 });
  expect(new SimpleQueue().get).type.not.toBeCallableWith(true);
});

test('they are arguments of tasks', () => {
  const square = (q: Queue<number>): number => q.get() ** 2;
  expect(new Pool(1).apply(square, [new Queue<number>()])).type.toBe<number>();
});

test('the module queue', () => {
  expect(ModuleQueue).type.toBe<typeof JoinableQueue>();
  expect(Empty).type.toBe<typeof door.Empty>();
  expect(Full).type.toBe<typeof door.Full>();
});
