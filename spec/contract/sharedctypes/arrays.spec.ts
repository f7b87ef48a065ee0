import { Array as SharedArray, RawArray } from 'multiprocessing-ts';
import { AttributeError, MemoryError, OverflowError, range, ValueError } from 'multiprocessing-ts/builtins';
import { len } from 'multiprocessing-ts/builtins';
import { c_bool, c_double, copy } from 'multiprocessing-ts/sharedctypes';
import { exc, excOf } from '../support';
import { bytes, ok, plain, recorded } from './support';

/** For arguments that the types do not allow. */
const anyArray = SharedArray as (...args: unknown[]) => ReturnType<typeof numbers>;
const numbers = () => SharedArray('i', [9, 7, 8]);

describe('an array', () => {
  test('of a size is zero', () => {
    expect(SharedArray('i', 5).slice()).toEqual(ok('zeroed'));
    expect(SharedArray('i', 0).slice()).toEqual(ok('Array("i", 0)'));
    expect(SharedArray('d', 3).slice()).toEqual([0, 0, 0]);
  });

  test('of values has them', () => {
    const array = SharedArray('i', [1, 2, 3]);
    expect([array.constructor.name, len(array)]).toEqual(ok('type,len'));
    expect(SharedArray('i', range(3)).slice()).toEqual(ok('Array range'));
    expect([...RawArray('d', [1.5, 2])]).toEqual(ok('RawArray'));
    expect(SharedArray('i', new Set([5])).slice()).toEqual([5]);
    expect(SharedArray('i', bytes('ab')).slice()).toEqual([97, 98]);
    expect(SharedArray('d', Float64Array.of(1, 2)).slice()).toEqual([1, 2]);
    expect(SharedArray('h', Float64Array.of(1, 2)).slice()).toEqual([1, 2]);
    expect(SharedArray('q', BigInt64Array.of(1n, 2n ** 60n)).slice()).toEqual([1, 2n ** 60n]);
    expect(SharedArray(c_bool, Uint8Array.of(0, 2)).slice()).toEqual([false, true]);
    expect(SharedArray('b', SharedArray('i', [1, 200])).slice()).toEqual([1, -56]);
  });

  test.each([
    [-1, 'Array("i", -1)'],
    [(function* () {})(), 'Array generator'],
    [2.5, 'Array 2.5'],
  ])('is not made of %p', async (given, name) => {
    expect(await excOf(() => anyArray('i', given))).toEqual(exc(recorded(name)));
  });

  test.each([
    [null, new TypeError("object of type 'NoneType' has no len()")],
    ['ab', new TypeError("'str' object cannot be interpreted as an integer")],
    [[[1]], new TypeError("'list' object cannot be interpreted as an integer")],
    [[1, 1.5], new TypeError("'float' object cannot be interpreted as an integer")],
    [2 ** 70, new OverflowError("cannot fit 'int' into an index-sized integer")],
  ])('is not made of %p', (given, error) => {
    expect(() => anyArray('i', given)).toThrow(error);
  });

  test('takes lock by keyword only', () => {
    expect(() => anyArray('i', 3, false)).toThrow(
      new TypeError('Array() takes 2 positional arguments but 3 were given'),
    );
    expect(() => anyArray('i')).toThrow(
      new TypeError("Array() missing 1 required positional argument: 'size_or_initializer'"),
    );
    expect(() => anyArray('i', 3, { foo: 1 })).toThrow(
      new TypeError("Array() got an unexpected keyword argument 'foo'"),
    );
    expect(() => anyArray('z', 3)).toThrow(new TypeError('this type has no size'));
  });

  test('has items in brackets, from the end as well', () => {
    const array = SharedArray('i', [1, 2, 3]);
    array[0] = 9;
    array.set_slice(1, 3, [7, 8]);
    expect([array.slice(), array[-1], array.slice(null, null, 2)]).toEqual(ok('slices'));
    expect(array[-3]).toBe(9);
    array[-1] = 4;
    expect(array.at(2)).toBe(4);
  });

  test('wraps what is too large', () => {
    const array = numbers();
    array[0] = 2 ** 31;
    expect(array[0]).toBe(ok('overflow wraps'));
  });

  test('has no items beyond its ends', async () => {
    const array = numbers();
    const invalid = exc(recorded('index out of range'));
    expect(await excOf(() => array[3])).toEqual(invalid);
    expect(await excOf(() => array[-4])).toEqual(invalid);
    expect(await excOf(() => array.at(3))).toEqual(invalid);
    expect(await excOf(() => (array[3] = 1))).toEqual(invalid);
    expect(await excOf(() => array[2 ** 40])).toEqual(invalid);
  });

  test('has no items between its items', () => {
    const array = numbers();
    for (const index of [1.5, Infinity, -0.5]) {
      expect(() => array[index]).toThrow(new TypeError('indices must be integers'));
      expect(() => (array[index] = 1)).toThrow(new TypeError('indices must be integers'));
    }
  });

  test('refuses what is not of its type', async () => {
    const array = numbers() as unknown as unknown[];
    expect(await excOf(() => (array[0] = 'x'))).toEqual(exc(recorded('bad type')));
  });

  test('is iterated', () => {
    expect([...numbers()]).toEqual(ok('iter'));
    expect([...numbers()].includes(9)).toBe(ok('in'));
  });

  test('has other properties as any object', () => {
    const array = numbers() as unknown as Record<string, unknown>;
    expect(array.append).toBeUndefined();
    array.note = 5;
    expect(array.note).toBe(5);
    expect(Object.keys(array)).toEqual(['note']);
    expect('length' in array).toBe(true);
  });

  test('has slices as lists have', () => {
    const list = [0, 1, 2, 3, 4];
    const array = SharedArray('i', list);
    expect(array.slice(null, null, -1)).toEqual([4, 3, 2, 1, 0]);
    expect(array.slice(-2)).toEqual([3, 4]);
    expect(array.slice(1, 99)).toEqual([1, 2, 3, 4]);
    expect(array.slice(3, 1)).toEqual([]);
    expect(array.slice(4, 0, -2)).toEqual([4, 2]);
    expect(array.slice(-99, -3)).toEqual([0, 1]);
    expect(() => array.slice(0, 5, 0)).toThrow(new ValueError('slice step cannot be zero'));
    expect(() => array.slice(0.5)).toThrow(TypeError);
  });

  test('takes as many values as a slice has places', async () => {
    const array = numbers();
    const wrong = exc(recorded('slice wrong length'));
    expect(await excOf(() => array.set_slice(0, 2, [1]))).toEqual(wrong);
    expect(await excOf(() => array.set_slice(0, 2, [1, 2, 3]))).toEqual(wrong);
    expect(array.slice()).toEqual([9, 7, 8]);
    array.set_slice(null, null, [4, 6], 2);
    expect(array.slice()).toEqual([4, 7, 6]);
    array.set_slice(null, null, new Set([1, 2, 3]), -1);
    expect(array.slice()).toEqual([3, 2, 1]);
  });

  test('is the same memory as its typed array', () => {
    const array = SharedArray('d', 4);
    expect(array.buffer).toBeInstanceOf(Float64Array);
    expect(array.buffer).toHaveLength(4);
    array.buffer.set([1, 2, 3, 4]);
    expect(array.slice()).toEqual([1, 2, 3, 4]);
    array[0] = 0.5;
    expect(array.buffer[0]).toBe(0.5);
    expect(array.get_obj().buffer).toBe(array.buffer);
    expect(SharedArray('q', 1).buffer).toBeInstanceOf(BigInt64Array);
    expect(SharedArray('c', 1).buffer).toBeInstanceOf(Uint8Array);
  });

  test('is written as Python writes it', () => {
    const raw = RawArray('i', 3);
    const text = /^<multiprocessing\.sharedctypes\.c_int_Array_3 object at 0x[\da-f]+>$/;
    expect(String(raw)).toMatch(text);
    expect(String(SharedArray('i', 3, { lock: false }))).toContain(ok('lock=False type') as string);
    expect(String(SharedArray('i', raw))).toMatch(/^<SynchronizedArray wrapper for <.*c_int_Array_3 /);
    expect(String(SharedArray('c', 2))).toMatch(/^<SynchronizedString wrapper for <.*c_char_Array_2 /);
  });

  test('of a million numbers is clean, again and again', () => {
    for (let round = 0; round < 3; round++) {
      const array = RawArray(c_double, 1e6);
      expect(array.buffer.every((each) => each === 0)).toBe(true);
      array.buffer.fill(1);
    }
  });

  test('that is too large is an error, not the end', () => {
    expect(() => SharedArray('q', 2 ** 50)).toThrow(MemoryError);
  });
});

describe('an array of characters', () => {
  const hello = () => {
    const array = SharedArray('c', 10);
    array.value = bytes('hello');
    return array;
  };

  test('is bytes', () => {
    const c = hello();
    expect(plain([c.value, c.raw, c.length, c[0], c.slice(0, 3)])).toEqual(ok('char array'));
    expect(c.value.toString()).toBe('hello');
  });

  test('may be full', () => {
    const c = hello();
    c.value = bytes('x'.repeat(10));
    expect(plain(c.value)).toEqual(ok('exactly full (no NUL)'));
  });

  test('takes no more than it has room for', async () => {
    const c = hello();
    const long = bytes('x'.repeat(11));
    expect(await excOf(() => (c.value = long))).toEqual(exc(recorded('value too long')));
    expect(await excOf(() => (c.raw = long))).toEqual(exc(recorded('value too long')));
    expect(c.value).toEqual(bytes('hello'));
  });

  test('ends a shorter value with a NUL, and keeps what is behind raw bytes', () => {
    const c = SharedArray('c', bytes('abcde'));
    c.value = bytes('x');
    expect(c.raw).toEqual(bytes('x\0cde'));
    c.raw = bytes('zz');
    expect(c.raw).toEqual(bytes('zzcde'));
    c.set_slice(1, 3, [65, bytes('B')]);
    expect(c.raw).toEqual(bytes('zABde'));
    expect(c.slice(null, null, -1)).toEqual(bytes('edBAz'));
    expect([...c].map(String)).toEqual(['z', 'A', 'B', 'd', 'e']);
  });

  test('takes bytes, and no text', async () => {
    expect(plain(SharedArray('c', bytes('abc')).value)).toEqual(ok('Array("c", b"abc")'));
    expect(await excOf(() => anyArray('c', 'abc'))).toEqual(exc(recorded('Array("c","abc")')));
    const c = hello() as unknown as { value: string; raw: string };
    expect(() => (c.value = 'x')).toThrow(new TypeError('bytes expected instead of str instance'));
    expect(() => (c.raw = 'x')).toThrow(new TypeError("a bytes-like object is required, not 'str'"));
  });

  test('gives bytes of its own', () => {
    const c = hello();
    const { value, raw } = c;
    c.value = bytes('other');
    expect([value, raw.subarray(0, 5)].map(String)).toEqual(['hello', 'hello']);
  });
});

describe('an array of text', () => {
  test('is text', () => {
    expect(SharedArray('u', 'abc').slice()).toBe(ok('u array'));
    expect(RawArray('u', 'a😀b').slice()).toBe('a😀b');
    expect(RawArray('u', 'a😀b')[1]).toBe('😀');
  });

  test('has a value if it has no lock, as in Python', () => {
    const text = RawArray('u', 4);
    text.value = 'ab';
    expect([text.value, text.slice(), [...text]]).toEqual(['ab', 'ab\0\0', ['a', 'b', '\0', '\0']]);
    text.value = 'wxyz';
    expect(text.value).toBe('wxyz');
    expect(() => (text.value = 'abcde')).toThrow(new ValueError('string too long'));
    expect(() => ((text as { value: unknown }).value = 5)).toThrow(
      new TypeError('unicode string expected instead of int instance'),
    );
    expect('value' in SharedArray('u', 'abc')).toBe(false);
  });
});

test('a copy of an array is another array', () => {
  const array = RawArray('i', [1, 2, 3]);
  const other = copy(array);
  array[0] = 9;
  expect(other.slice()).toEqual([1, 2, 3]);
  expect(copy(RawArray('u', 'ab')).value).toBe('ab');
});

test('what has no lock has none of its methods', () => {
  const raw = SharedArray('i', 3, { lock: false });
  expect('get_lock' in raw).toBe(false);
  expect('get_obj' in raw).toBe(false);
  expect(() => SharedArray('i', 3, { lock: 'x' as never })).toThrow(
    new AttributeError("'x' has no method 'acquire'"),
  );
});
