import { RawValue, Value } from 'multiprocessing-ts';
import { OverflowError, ValueError } from 'multiprocessing-ts/builtins';
import {
  c_bool,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_size_t,
  c_ubyte,
  c_ulong,
  c_wchar,
  copy,
  type TypeCode,
} from 'multiprocessing-ts/sharedctypes';
import { exc, excOf } from '../support';
import { bytes, ok, plain, recorded } from './support';

const CODES = Array.from('cubBhHiIlLqQfd') as TypeCode[];
/** For arguments that the types do not allow. */
const anyValue = Value as (...args: unknown[]) => { value: unknown };
const anyRaw = RawValue as (...args: unknown[]) => { value: unknown };

describe('a value', () => {
  test.each(CODES)('of code %s is zero at first', (code) => {
    expect(plain(RawValue(code).value)).toEqual(ok(`RawValue('${code}') default`));
    expect(plain(Value(code).value)).toEqual(ok(`RawValue('${code}') default`));
  });

  test.each([
    ['i', 2 ** 31, 2147483648],
    ['b', 200, 200],
    ['B', -1, -1],
    ['h', 70000, 70000],
    ['q', 2n ** 64n + 5n, '18446744073709551621'],
    ['d', 1, 1],
    ['c', bytes('x'), "b'x'"],
    ['u', 'x', "'x'"],
  ])('of code %s takes %s as C does', (code, given, text) => {
    expect(plain(anyValue(code, given).value)).toEqual(ok(`Value('${code}', ${text})`));
  });

  test.each([
    ['i', 1.5, '1.5'],
    ['i', 'x', "'x'"],
    ['c', bytes('xy'), "b'xy'"],
    ['c', 'x', "'x'"],
  ])('of code %s refuses %s', async (code, given, text) => {
    expect(await excOf(() => anyValue(code, given))).toEqual(exc(recorded(`Value('${code}', ${text})`)));
    const value = anyValue(code);
    const before = value.value;
    expect(await excOf(() => (value.value = given))).toEqual(exc(recorded(`Value('${code}', ${text})`)));
    expect(value.value).toEqual(before);
  });

  test('of an integer is added to', () => {
    const value = Value('i', 5);
    value.value += 1;
    expect(value.value).toBe(ok('+='));
  });

  test.each([
    [null, "'NoneType' object cannot be interpreted as an integer"],
    [[1], "'list' object cannot be interpreted as an integer"],
    [NaN, "'float' object cannot be interpreted as an integer"],
    [Infinity, "'float' object cannot be interpreted as an integer"],
    [bytes('x'), "'bytes' object cannot be interpreted as an integer"],
  ])('of an integer refuses %p', (given, message) => {
    expect(() => anyValue('i', given)).toThrow(new TypeError(message));
    expect(() => anyValue('q', given)).toThrow(new TypeError(message));
  });

  test('of an integer takes true and false', () => {
    expect(Value('i', true).value).toBe(1);
    expect(Value('Q', true).value).toBe(1);
    expect(Value('d', false).value).toBe(0);
  });

  test('of an integer keeps the lower bits of numbers of any size', () => {
    expect(Value('i', 2 ** 70).value).toBe(0);
    expect(Value('H', 2 ** 40 + 7).value).toBe(7);
    expect(Value('B', -(2n ** 70n) + 3n).value).toBe(3);
  });

  test.each(['l', 'q'] as const)('of code %s has 8 bytes, exactly', (code) => {
    const value = Value(code, -(2n ** 63n));
    expect(value.value).toBe(-(2n ** 63n));
    value.value = Number.MAX_SAFE_INTEGER;
    expect(value.value).toBe(Number.MAX_SAFE_INTEGER);
    value.value = 2n ** 53n;
    expect(value.value).toBe(2n ** 53n);
    value.value = 7n;
    expect(value.value).toBe(7);
    value.value = 2 ** 63;
    expect(value.value).toBe(-(2n ** 63n));
  });

  test.each(['L', 'Q'] as const)('of code %s has 8 bytes without a sign', (code) => {
    expect(Value(code, -1).value).toBe(2n ** 64n - 1n);
  });

  test.each([
    ['d', 'x', 'must be real number, not str'],
    ['d', null, 'must be real number, not NoneType'],
    ['f', [1], 'must be real number, not list'],
    ['f', bytes('x'), 'must be real number, not bytes'],
  ])('of code %s refuses %p', (code, given, message) => {
    expect(() => anyValue(code, given)).toThrow(new TypeError(message));
  });

  test('of a float takes integers of any size that it can hold', () => {
    expect(Value('d', 2n ** 70n).value).toBe(2 ** 70);
    expect(() => Value('d', 10n ** 400n)).toThrow(new OverflowError('int too large to convert to float'));
    expect(Value('f', 0.1).value).toBe(Math.fround(0.1));
    expect(Value('f', 1e300).value).toBe(Infinity);
    expect(Value('d', NaN).value).toBeNaN();
    expect(Value('d', -0).value).toBe(-0);
  });

  test.each([
    [65, 'A'],
    [true, '\x01'],
    [255n, '\xff'],
  ])('of a character takes its number: %s', (given, text) => {
    expect(Value('c', given).value).toEqual(bytes(text));
  });

  test.each([256, -1, 1.5, '', null])('of a character refuses %p', (given) => {
    const message = 'one character bytes, bytearray or integer expected';
    expect(() => anyValue('c', given)).toThrow(new TypeError(message));
  });

  test('of a character of text takes one, of any alphabet', () => {
    expect(Value('u', '😀').value).toBe('😀');
    expect(() => Value('u', 'xy')).toThrow(new TypeError('one character unicode string expected'));
    expect(() => Value('u', '')).toThrow(new TypeError('one character unicode string expected'));
    expect(() => anyValue('u', 5)).toThrow(new TypeError('unicode string expected instead of int instance'));
  });

  test('of a character of text is an error if there is none in the memory', () => {
    const value = RawValue('u');
    value.buffer[0] = 0x7fffffff;
    expect(() => value.value).toThrow(
      new ValueError('character U+7fffffff is not in range [U+0000; U+10ffff]'),
    );
  });

  test('of bool is true for all that is true', () => {
    expect(Value(c_bool).value).toBe(false);
    expect([2, 'x', 0.1, [1]].map((given) => Value(c_bool, given).value)).toEqual([true, true, true, true]);
    expect([0, '', 0n, null].map((given) => Value(c_bool, given).value)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('is of a type by its letter or by its name', () => {
    expect(Value(c_short, 3).value).toBe(ok('Value(ctypes.c_short, 3)'));
    expect(Value('i').get_obj()).toBeInstanceOf(c_int);
    expect(RawValue('q')).toBeInstanceOf(c_longlong);
    expect(RawValue('l')).toBeInstanceOf(c_longlong);
    expect(RawValue('i')).not.toBeInstanceOf(c_short);
  });

  test.each([
    ['z', 'Value("z")'],
    [5, 'Value("z")'],
    [null, 'Value("z")'],
    [Int32Array, 'Value("z")'],
    ['toString', 'Value("z")'],
  ])('is of no type %p', async (type, name) => {
    expect(await excOf(() => anyValue(type))).toEqual(exc(recorded(name)));
    expect(await excOf(() => anyRaw(type))).toEqual(exc(recorded(name)));
  });

  test('takes one argument at most', async () => {
    expect(await excOf(() => anyValue('i', 1, 2))).toEqual(exc(recorded('Value too many args')));
    expect(await excOf(() => anyValue('i', 1, false))).toEqual(exc(recorded('positional lock')));
    expect(await excOf(() => anyRaw('i', 1, 2))).toEqual(exc(recorded('Value too many args')));
  });

  test('knows no other keyword than lock', () => {
    expect(() => anyValue('i', { foo: 1 })).toThrow(
      new TypeError("Value() got an unexpected keyword argument 'foo'"),
    );
    expect(() => anyRaw('i', 3, { lock: false })).toThrow(
      new TypeError("RawValue() got an unexpected keyword argument 'lock'"),
    );
    expect(() => anyValue()).toThrow(
      new TypeError("Value() missing 1 required positional argument: 'typecode_or_type'"),
    );
  });

  test('is written as Python writes it', () => {
    expect(String(Value('i', 5))).toBe('<Synchronized wrapper for c_int(5)>');
    expect(String(RawValue('c', bytes('x')))).toBe("c_char(b'x')");
    expect(String(RawValue('u', 'x'))).toBe("c_wchar('x')");
    expect(String(RawValue(c_bool, 1))).toBe('c_bool(True)');
    expect(String(RawValue('q', 2n ** 62n))).toBe('c_long(4611686018427387904)');
    expect(String(RawValue('Q'))).toBe('c_ulong(0)');
    expect(String(RawValue('f', 0.1))).toBe('c_float(0.10000000149011612)');
  });

  test.each([
    [1.5, '1.5'],
    [0, '0.0'],
    [-0, '-0.0'],
    [3, '3.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.25e300, '1.25e+300'],
    [0.00001, '1e-05'],
    [0.0001, '0.0001'],
    [1.5e-7, '1.5e-07'],
    [1e-100, '1e-100'],
    [NaN, 'nan'],
    [-Infinity, '-inf'],
  ])('of the float %p is written %s', (given, text) => {
    expect(String(RawValue('d', given))).toBe(`c_double(${text})`);
  });

  test('shows its memory', () => {
    const value = RawValue('d', 1.5);
    expect(value.buffer).toEqual(Float64Array.of(1.5));
    value.buffer[0] = 3;
    expect(value.value).toBe(3);
  });
});

test('types have the sizes of C', () => {
  const sizes = [c_bool, c_char, c_ubyte, c_short, c_int, c_float, c_wchar, c_long, c_size_t, c_double];
  expect(sizes.map(({ size }) => size)).toEqual([1, 1, 1, 2, 4, 4, 4, 8, 8, 8]);
});

test('two names of a type are one type', () => {
  expect(c_longlong).toBe(c_long);
  expect(c_size_t).toBe(c_ulong);
  expect(c_long.name).toBe('c_long');
});

describe('copy', () => {
  test('of a value is another value', () => {
    const value = RawValue('d', 1.5);
    const other = copy(value);
    value.value = 0;
    expect(other.value).toBe(1.5);
    expect(String(other)).toBe('c_double(1.5)');
  });

  test.each([5, null, Value('i')])('takes nothing else: %p', (given) => {
    expect(() => (copy as (given: unknown) => unknown)(given)).toThrow(
      new TypeError('this type has no size'),
    );
  });
});
