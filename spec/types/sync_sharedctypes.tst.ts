import * as promising from 'multiprocessing-ts';
import type { Held } from 'multiprocessing-ts/synchronize';
import type { RLock } from 'multiprocessing-ts/sync';
import { Array as SharedArray, Lock, Value } from 'multiprocessing-ts/sync';
import { RawValue, synchronized, type ArrayOf, type ValueOf } from 'multiprocessing-ts/sync/sharedctypes';
import { describe, expect, test } from 'tstyche';

describe('a value whose lock blocks', () => {
  test('has it', () => {
    const counter = Value('i', 5);
    expect(counter.value).type.toBe<number>();
    expect(counter.get_lock()).type.toBe<RLock>();
    expect(counter.acquire()).type.toBe<boolean>();
    expect(counter.hold()).type.toBe<Held>();
    expect(counter).type.toBe<ValueOf<'i'>>();
    expect(SharedArray('d', 3).hold()).type.toBe<Held>();
    expect(SharedArray('d', 3)).type.toBe<ArrayOf<'d'>>();
    expect(synchronized(RawValue('i')).acquire(false)).type.toBe<boolean>();
  });

  test('or another, or none', () => {
    expect(Value('i', { lock: new Lock() }).get_lock()).type.toBe<Lock>();
    expect(Value('i', 5, { lock: false })).type.not.toHaveProperty('get_lock');
    expect(SharedArray('i', [1], { lock: false })).type.not.toHaveProperty('get_lock');
    const own = { acquire: () => true, release: () => undefined };
    expect(Value('i', 1, { lock: own }).hold()).type.toBe<Held>();
  });

  test('none that gives promises', () => {
    expect(Value).type.not.toBeCallableWith('i', 1, { lock: new promising.Lock() });
  });
});

test('those of the other facade give promises, as ever', () => {
  const counter = promising.Value('i', 5);
  expect(counter.acquire()).type.toBe<Promise<boolean>>();
  expect(counter.hold()).type.toBe<Promise<Held>>();
  expect(promising.Value).type.not.toBeCallableWith('i', 1, { lock: new Lock() });
});
