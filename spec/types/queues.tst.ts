import { get_context, JoinableQueue, Pool, Process, Queue, SimpleQueue } from 'multiprocessing-ts';
import { Empty, Full, Queue as ModuleQueue } from 'multiprocessing-ts/queue';
import { describe, expect, test } from 'tstyche';

describe('what waits in Python is a promise, what does not is not', () => {
  const queue = new Queue<number>(10);

  test('put', () => {
    expect(queue.put(1)).type.toBe<Promise<void>>();
    expect(queue.put(1, true, 1.5)).type.toBe<Promise<void>>();
    expect(queue.put(1, { block: false })).type.toBe<Promise<void>>();
    expect(queue.put(1, true, { timeout: 1 })).type.toBe<Promise<void>>();
    expect(queue.put(1, false, null)).type.toBe<Promise<void>>();
    expect(queue.put_nowait(1)).type.toBe<void>();
    expect(queue.putSync(1, { timeout: 1 })).type.toBe<void>();
  });

  test('get', () => {
    expect(queue.get()).type.toBe<Promise<number>>();
    expect(queue.get(true, 1.5)).type.toBe<Promise<number>>();
    expect(queue.get({ timeout: 1.5 })).type.toBe<Promise<number>>();
    expect(queue.get_nowait()).type.toBe<number>();
    expect(queue.getSync(false)).type.toBe<number>();
  });

  test('the rest', () => {
    expect(queue.qsize()).type.toBe<number>();
    expect(queue.empty()).type.toBe<boolean>();
    expect(queue.full()).type.toBe<boolean>();
    expect(queue.close()).type.toBe<void>();
    expect(queue.join_thread()).type.toBe<Promise<void>>();
    expect(queue.cancel_join_thread()).type.toBe<void>();
    const joinable = new JoinableQueue<string>();
    expect(joinable.task_done()).type.toBe<void>();
    expect(joinable.join()).type.toBe<Promise<void>>();
    expect(joinable.joinSync()).type.toBe<void>();
    expect(joinable).type.toBeAssignableTo<Queue<string>>();
    const simple = new SimpleQueue<string>();
    expect(simple.put('x')).type.toBe<Promise<void>>();
    expect(simple.get()).type.toBe<Promise<string>>();
    expect(simple.empty()).type.toBe<boolean>();
  });
});

test('items have the type of the queue', () => {
  expect(new Queue<number>().put).type.not.toBeCallableWith('x');
  expect(new Queue<number>().put_nowait).type.not.toBeCallableWith('x');
  expect(new SimpleQueue<number>().put).type.not.toBeCallableWith('x');
  expect(new Queue().get()).type.toBe<Promise<unknown>>();
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

test('they are arguments of tasks and of processes', () => {
  const queue = new Queue<number>();
  const square = async (q: Queue<number>): Promise<number> => (await q.get()) ** 2;
  expect(new Pool(1).apply(square, [queue])).type.toBe<Promise<number>>();
  expect(new Process({ target: square, args: [queue] })).type.toBeAssignableTo<Process>();
});

test('every context has the same classes', () => {
  expect(get_context('thread').Queue).type.toBe<typeof Queue>();
  expect(get_context('spawn').JoinableQueue).type.toBe<typeof JoinableQueue>();
  expect(get_context('spawn').SimpleQueue).type.toBe<typeof SimpleQueue>();
});

test('the module queue', () => {
  expect(ModuleQueue).type.toBe<typeof JoinableQueue>();
  expect(new Empty()).type.toBeAssignableTo<Error>();
  expect(new Full()).type.toBeAssignableTo<Error>();
});
