import type * as promising from 'multiprocessing-ts/synchronize';
import { Barrier, Event, get_context, Lock, Pool, RLock, Semaphore } from 'multiprocessing-ts/sync';
import { BoundedSemaphore, Condition, type Held, type SemLock } from 'multiprocessing-ts/sync/synchronize';
import { describe, expect, test } from 'tstyche';

describe('what blocks in Python returns its value', () => {
  test('locks', () => {
    const lock = new Lock();
    expect(lock.acquire(true, 1.5)).type.toBe<boolean>();
    expect(lock.acquire({ block: false })).type.toBe<boolean>();
    expect(lock.release).type.toBe<() => void>();
    expect(lock.locked()).type.toBe<boolean>();
    expect(lock.hold()).type.toBe<Held>();
    expect(new RLock().acquire()).type.toBe<boolean>();
    expect(new Semaphore(3).get_value()).type.toBe<number>();
    expect(new BoundedSemaphore({ value: 3 }).acquire(false)).type.toBe<boolean>();
    expect(lock).type.not.toHaveProperty('acquireSync');
    expect<Lock | RLock | Semaphore | BoundedSemaphore>().type.toBeAssignableTo<SemLock>();
  });

  test('conditions', () => {
    const condition = new Condition();
    expect(condition.wait(1)).type.toBe<boolean>();
    expect(condition.wait_for(() => 'x', 1)).type.toBe<string>();
    expect(condition.notify).type.toBeCallableWith({ n: 2 });
    expect(condition.hold()).type.toBe<Held>();
    expect(Condition).type.toBeConstructableWith(new Lock());
    expect(Condition).type.toBeConstructableWith({ lock: new Semaphore() });
    expect(Condition).type.not.toBeConstructableWith(5);
  });

  test('events and barriers', () => {
    expect(new Event().wait(1)).type.toBe<boolean>();
    expect(new Event().is_set()).type.toBe<boolean>();
    const barrier = new Barrier(2, null, 5);
    expect(barrier.wait()).type.toBe<number>();
    expect(barrier.broken).type.toBe<boolean>();
    expect(Barrier).type.toBeConstructableWith(2, { action: () => 1, timeout: 5 });
    expect(Barrier).type.toBeConstructableWith({ parties: 2 });
    expect(Barrier).type.not.toBeConstructableWith();
  });
});

test('they take no arguments that are none of theirs', () => {
  expect(Lock).type.not.toBeConstructableWith(1);
  expect(Event).type.not.toBeConstructableWith(true);
  expect(new Lock().acquire).type.not.toBeCallableWith({ blocking: false });
});

test('a lock of one facade is none of the other', () => {
  expect<Lock>().type.not.toBeAssignableTo<promising.Lock>();
  expect<promising.Lock>().type.not.toBeAssignableTo<Lock>();
});

test('they are arguments of tasks', () => {
  const pool = new Pool(1);
  expect(pool.apply((lock: Lock) => lock.acquire(), [new Lock()])).type.toBe<boolean>();
});

test('every context has the same classes', () => {
  expect(get_context('thread').Lock).type.toBe<typeof Lock>();
  expect(get_context('spawn').Barrier).type.toBe<typeof Barrier>();
});
