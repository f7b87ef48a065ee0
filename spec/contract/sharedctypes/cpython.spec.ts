import { Array as SharedArray, RawArray, RawValue, Value } from 'multiprocessing-ts';
import { AttributeError, range } from 'multiprocessing-ts/builtins';
import { c_double, c_longlong, copy } from 'multiprocessing-ts/sharedctypes';
import { processes, run } from '../process/support';
import { BOTH } from '../support';
import { bytes, namesOf } from './support';

/*
 * The tests of CPython's own suite about shared values and arrays (Lib/test/_test_multiprocessing.py), under their
 * names. Left out is what they say of structures, which do not exist here. Its processes are threads, too.
 */
type Anything = { value: unknown }[];

processes('_TestValue', (Process) => {
  const CODES = [
    ['i', 4343, 24234],
    ['d', 3.625, -4.25],
    ['h', -232, 234],
    ['q', 2 ** 33, 2 ** 34],
    ['c', bytes('x'), bytes('y')],
  ] as const;

  test.each([
    { name: 'test_value', make: Value },
    { name: 'test_rawvalue', make: RawValue },
  ])('$name', async ({ make }) => {
    const values = CODES.map(([code, first]) =>
      (make as (...args: unknown[]) => { value: unknown })(code, first),
    );
    expect(values.map(({ value }) => value)).toEqual(CODES.map(([, first]) => first));
    const set = (shared: Anything, given: unknown[]): void => {
      shared.forEach((each, i) => (each.value = given[i]));
    };
    const process = new Process({
      target: set,
      args: [values, CODES.map(([, , second]) => second)],
      daemon: true,
    });
    expect(await run(process)).toBe(0);
    expect(values.map(({ value }) => value)).toEqual(CODES.map(([, , second]) => second));
  });
});

describe('_TestValue', () => {
  test.each(BOTH)('test_getobj_getlock (%s)', (facade) => {
    const { Lock, RLock, Value } = namesOf(facade);
    expect(Value('i', 5).get_lock()).toBeInstanceOf(RLock);
    expect(Value('i', 5).get_obj().value).toBe(5);
    expect(Value('i', 5, { lock: null }).get_lock()).toBeInstanceOf(RLock);
    expect(Value('i', 5, { lock: null }).get_obj().value).toBe(5);
    const lock = new Lock();
    const third = Value('i', 5, { lock });
    expect(third.get_lock()).toBe(lock);
    expect(third.get_obj().value).toBe(5);
    for (const without of [Value('i', 5, { lock: false }), RawValue('i', 5)]) {
      expect('get_lock' in without).toBe(false);
      expect('get_obj' in without).toBe(false);
    }
    expect(() => Value('i', 5, { lock: 'navalue' as never })).toThrow(AttributeError);
  });
});

processes('_TestArray', (Process) => {
  const f = (seq: number[]): void => {
    for (let i = 1; i < seq.length; i++) seq[i]! += seq[i - 1]!;
  };

  test.each([
    { name: 'test_array', make: SharedArray },
    { name: 'test_rawarray', make: RawArray },
  ])('$name', async ({ make }) => {
    const seq = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];
    const arr = (make as typeof SharedArray)('i', seq);
    expect(arr).toHaveLength(seq.length);
    expect(arr[3]).toBe(seq[3]);
    expect(arr.slice(2, 7)).toEqual(seq.slice(2, 7));
    arr.set_slice(4, 8, Int32Array.of(1, 2, 3, 4));
    seq.splice(4, 4, 1, 2, 3, 4);
    expect(arr.slice()).toEqual(seq);
    f(seq);
    expect(await run(new Process({ target: f as (array: object) => void, args: [arr], daemon: true }))).toBe(
      0,
    );
    expect(arr.slice()).toEqual(seq);
  });
});

describe('_TestArray', () => {
  test('test_array_from_size', () => {
    for (let round = 0; round < 3; round++) {
      const arr = SharedArray('i', 10);
      expect(arr).toHaveLength(10);
      expect([...arr]).toEqual(Array(10).fill(0));
      arr.set_slice(null, null, range(10));
      expect([...arr]).toEqual([...range(10)]);
    }
  });

  test.each(BOTH)('test_getobj_getlock_obj (%s)', (facade) => {
    const { Lock, RLock, SharedArray } = namesOf(facade);
    expect(SharedArray('i', range(10)).get_lock()).toBeInstanceOf(RLock);
    expect(SharedArray('i', range(10)).get_obj()).toHaveLength(10);
    expect(SharedArray('i', range(10), { lock: null }).get_lock()).toBeInstanceOf(RLock);
    const lock = new Lock();
    expect(SharedArray('i', range(10), { lock }).get_lock()).toBe(lock);
    for (const without of [SharedArray('i', range(10), { lock: false }), RawArray('i', range(10))]) {
      expect('get_lock' in without).toBe(false);
      expect('get_obj' in without).toBe(false);
    }
    expect(() => SharedArray('i', range(10), { lock: 'notalock' as never })).toThrow(AttributeError);
  });
});

processes('_TestSharedCTypes', (Process) => {
  test.each([
    { name: 'test_sharedctypes', lock: false },
    { name: 'test_synchronize', lock: true },
  ])('$name', async ({ lock }) => {
    const keywords = { lock } as { lock: true };
    const x = Value('i', 7, keywords);
    const y = Value(c_double, 1 / 3, keywords);
    const z = Value(c_longlong, 2 ** 33, keywords);
    const arr = SharedArray('d', range(10), keywords);
    const string = SharedArray('c', 20, keywords);
    string.value = bytes('hello');
    const double = (values: { value: number }[], array: number[], text: { value: Buffer }): void => {
      for (const each of values) each.value *= 2;
      text.value = Buffer.concat([text.value, text.value]);
      for (let i = 0; i < array.length; i++) array[i]! *= 2;
    };
    const p = new Process({
      target: double,
      args: [[x, y, z], arr, string] as unknown as Parameters<typeof double>,
      daemon: true,
    });
    expect(await run(p)).toBe(0);
    expect([x.value, y.value, z.value]).toEqual([14, 2 / 3, 2 ** 34]);
    expect([...arr]).toEqual([...range(0, 20, 2)]);
    expect(string.value).toEqual(bytes('hellohello'));
  });
});

describe('_TestSharedCTypes', () => {
  test('test_copy', () => {
    const foo = [RawValue('i', 2), RawValue('d', 5), RawValue('q', 2 ** 33)] as const;
    const bar = foo.map((each) => copy(each as unknown as ReturnType<typeof RawValue<'i'>>));
    for (const each of foo) each.value = 0;
    expect(bar.map(({ value }) => value)).toEqual([2, 5, 2 ** 33]);
  });
});
