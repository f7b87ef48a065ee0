import type { RLock } from 'multiprocessing-ts';
import {
  Array as SharedArray,
  Condition,
  get_context,
  Lock,
  Pool,
  Process,
  RawArray,
  RawValue,
  Value,
} from 'multiprocessing-ts';
import {
  c_bool,
  c_double,
  c_longlong,
  copy,
  synchronized,
  type ArrayOf,
  type CharArray,
  type RawArrayOf,
  type RawValueOf,
  type ValueOf,
  type Synchronized,
  type SynchronizedArray,
  type SynchronizedString,
} from 'multiprocessing-ts/sharedctypes';
import type { Held } from 'multiprocessing-ts/synchronize';
import { describe, expect, test } from 'tstyche';

describe('a value is of the type that its code says', () => {
  test('what is read', () => {
    expect(Value('i').value).type.toBe<number>();
    expect(Value('d', 1.5).value).type.toBe<number>();
    expect(Value('q').value).type.toBe<number | bigint>();
    expect(Value(c_longlong).value).type.toBe<number | bigint>();
    expect(Value('c').value).type.toBe<Buffer>();
    expect(Value('u').value).type.toBe<string>();
    expect(Value(c_bool).value).type.toBe<boolean>();
    expect(RawValue('i').value).type.toBe<number>();
  });

  test('what is given', () => {
    expect(Value<'i'>).type.toBeCallableWith('i', 5);
    expect(Value<'i'>).type.toBeCallableWith('i', 5n);
    expect(Value<'i'>).type.toBeCallableWith('i', true);
    expect(Value<'i'>).type.not.toBeCallableWith('i', '5');
    expect(Value<'c'>).type.toBeCallableWith('c', Buffer.from('x'));
    expect(Value<'c'>).type.toBeCallableWith('c', 120);
    expect(Value<'c'>).type.not.toBeCallableWith('c', 'x');
    expect(Value<'u'>).type.toBeCallableWith('u', 'x');
    expect(Value).type.not.toBeCallableWith('z');
    expect(Value).type.not.toBeCallableWith();
    expect(RawValue<'i'>).type.not.toBeCallableWith('i', 5, { lock: false });
  });

  test('its memory', () => {
    expect(Value('i').buffer).type.toBe<Int32Array>();
    expect(RawValue('Q').buffer).type.toBe<BigUint64Array>();
    expect(RawValue(c_double).buffer).type.toBe<Float64Array>();
  });

  test('its lock', () => {
    expect(Value('i').get_lock()).type.toBe<RLock>();
    expect(Value('i', { lock: new Lock() }).get_lock()).type.toBe<Lock>();
    expect(Value('i', 5, { lock: new Lock() }).get_lock()).type.toBe<Lock>();
    expect(Value('i', 5, { lock: false })).type.not.toHaveProperty('get_lock');
    expect(Value('i').hold()).type.toBe<Promise<Held>>();
    expect(Value('i').acquire(true, 1.5)).type.toBe<Promise<boolean>>();
    expect(Value('i').release).type.toBe<() => void>();
    expect(Condition).type.toBeConstructableWith(Value('i').get_lock());
    expect(Value<'i', Lock>).type.not.toBeCallableWith('i', 5, { lock: 5 });
  });
});

describe('an array', () => {
  test('has items, slices and memory of its type', () => {
    const numbers = SharedArray('i', 3);
    expect(numbers.at(0)).type.toBe<number>();
    expect(numbers.slice(1)).type.toBe<number[]>();
    expect(numbers.slice(null, null, -1)).type.toBe<number[]>();
    expect(numbers.buffer).type.toBe<Int32Array>();
    expect(numbers.length).type.toBe<number>();
    expect([...numbers]).type.toBe<number[]>();
    expect(SharedArray('q', 1).slice()).type.toBe<(number | bigint)[]>();
    expect(RawArray('f', 1).buffer).type.toBe<Float32Array>();
    expect(RawArray('u', 1).slice()).type.toBe<string>();
    expect(numbers.set_slice).type.toBeCallableWith(0, 2, [1, 2]);
    expect(numbers.set_slice).type.not.toBeCallableWith(0, 2, ['x']);
  });

  test('and what is shared have types by the code, for parameters', () => {
    expect(SharedArray('i', 3)).type.toBe<ArrayOf<'i'>>();
    expect(SharedArray('c', 3)).type.toBe<ArrayOf<'c'>>();
    expect(SharedArray('d', 3, { lock: new Lock() })).type.toBe<ArrayOf<'d', Lock>>();
    expect(RawArray('i', 3)).type.toBe<RawArrayOf<'i'>>();
    expect(Value('i')).type.toBe<ValueOf<'i'>>();
    expect(RawValue('i')).type.toBe<RawValueOf<'i'>>();
    expect(Value('i', 0, { lock: false })).type.toBe<RawValueOf<'i'>>();
  });

  test('of characters is bytes', () => {
    const text = SharedArray('c', 3);
    expect(text).type.toBe<SynchronizedString>();
    expect(text.value).type.toBe<Buffer>();
    expect(text.raw).type.toBe<Buffer>();
    expect(text.slice()).type.toBe<Buffer>();
    expect(SharedArray('c', 3, { lock: false })).type.toBe<CharArray>();
    expect(SharedArray('i', 3)).type.not.toHaveProperty('value');
  });

  test('is made of a size, or of what has one', () => {
    expect(SharedArray<'i'>).type.toBeCallableWith('i', new Set([1]));
    expect(SharedArray<'i'>).type.toBeCallableWith('i', new Int32Array(3));
    expect(SharedArray<'u'>).type.toBeCallableWith('u', 'text');
    expect(SharedArray<'i'>).type.not.toBeCallableWith('i', 'text');
    expect(SharedArray<'i'>).type.not.toBeCallableWith('i');
    expect(SharedArray<'i'>).type.not.toBeCallableWith(
      'i',
      (function* () {
        yield 1;
      })(),
    );
  });
});

test('locks are put beside what has none', () => {
  expect(synchronized(RawValue('d')).value).type.toBe<number>();
  expect(synchronized(RawArray('c', 3))).type.toBe<SynchronizedString>();
  expect(synchronized(RawArray('i', 3), new Lock()).get_lock()).type.toBe<Lock>();
  expect(synchronized).type.not.toBeCallableWith(5);
});

test('a copy has the same type', () => {
  const raw = RawValue('i');
  expect(copy(raw)).type.toBe<typeof raw>();
  expect(copy).type.not.toBeCallableWith(Value('i'));
});

test('they are arguments', () => {
  const pool = new Pool(1);
  expect(pool.apply((each: Synchronized) => each.value, [Value('i')])).type.toBe<Promise<number>>();
  expect(pool.apply((each: SynchronizedArray) => each.slice(), [SharedArray('i', 1)])).type.toBe<
    Promise<number[]>
  >();
  expect(Process).type.toBeConstructableWith({ target: (_: Synchronized) => 1, args: [Value('i')] });
});

test('every context has the same ones', () => {
  expect(get_context('thread').Value).type.toBe<typeof Value>();
  expect(get_context('spawn').Array).type.toBe<typeof SharedArray>();
});
