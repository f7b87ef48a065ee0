import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  get_context,
  Lock,
  Pool,
  RLock,
  Semaphore,
} from 'multiprocessing-ts';
import type { Held, OwnerDiedError } from 'multiprocessing-ts/synchronize';
import type { ProcessError } from 'multiprocessing-ts';
import { describe, expect, test } from 'tstyche';

describe('what blocks in Python is a promise, what does not is not', () => {
  test('locks', () => {
    const lock = new Lock();
    expect(lock.acquire(true, 1.5)).type.toBe<Promise<boolean>>();
    expect(lock.acquire({ block: false })).type.toBe<Promise<boolean>>();
    expect(lock.acquire({ timeout: null })).type.toBe<Promise<boolean>>();
    expect(lock.release).type.toBe<() => void>();
    expect(lock.locked()).type.toBe<boolean>();
    expect(lock.hold()).type.toBe<Promise<Held>>();
    expect(new RLock().acquireSync()).type.toBe<boolean>();
    expect(new Semaphore(3).get_value()).type.toBe<number>();
    expect(new BoundedSemaphore({ value: 3 }).get_value()).type.toBe<number>();
  });

  test('conditions', () => {
    const condition = new Condition();
    expect(condition.wait(1)).type.toBe<Promise<boolean>>();
    expect(condition.wait({ timeout: 1 })).type.toBe<Promise<boolean>>();
    expect(condition.wait_for(() => 'x', 1)).type.toBe<Promise<string>>();
    expect(condition.wait_for(async () => 5)).type.toBe<Promise<number>>();
    expect(condition.notify).type.toBeCallableWith({ n: 2 });
    expect<ReturnType<typeof condition.notify>>().type.not.toBe<Promise<void>>();
    expect(Condition).type.toBeConstructableWith(new Lock());
    expect(Condition).type.toBeConstructableWith({ lock: new RLock() });
    expect(Condition).type.toBeConstructableWith(new Semaphore());
    expect(Condition).type.not.toBeConstructableWith(5);
  });

  test('events and barriers', () => {
    expect(new Event().wait(1)).type.toBe<Promise<boolean>>();
    expect(new Event().is_set()).type.toBe<boolean>();
    const barrier = new Barrier(2, null, 5);
    expect(barrier.wait()).type.toBe<Promise<number>>();
    expect(barrier.n_waiting).type.toBe<number>();
    expect(Barrier).type.toBeConstructableWith(2, { action: () => 1, timeout: 5 });
    expect(Barrier).type.toBeConstructableWith({ parties: 2 });
    expect(Barrier).type.not.toBeConstructableWith();
    expect(Barrier).type.not.toBeConstructableWith({ timeout: 5 });
  });
});

test('they take no arguments that are none of theirs', () => {
  expect(Lock).type.not.toBeConstructableWith(1);
  expect(Event).type.not.toBeConstructableWith(true);
  expect(new Lock().acquire).type.not.toBeCallableWith({ blocking: false });
});

test('they are arguments of tasks', () => {
  const pool = new Pool(1);
  const result = pool.apply(async (lock: Lock) => await lock.acquire(), [new Lock()]);
  expect(result).type.toBe<Promise<boolean>>();
});

test('every context has the same classes', () => {
  expect(get_context('thread').Lock).type.toBe<typeof Lock>();
  expect(get_context('spawn').Barrier).type.toBe<typeof Barrier>();
});

test('errors', () => {
  expect<OwnerDiedError>().type.toBeAssignableTo<ProcessError>();
});
