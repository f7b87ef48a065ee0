import fc from 'fast-check';
import { signature } from '../../lib/util/keywords';

const f = () => 1;
const cb = () => 2;
const unset: unknown = null;

const map = signature({
  name: 'map',
  defaults: () => ({ func: unset, iterable: unset, chunksize: unset, timeout: unset, signal: unset }),
  required: 2,
  keywordOnly: ['timeout', 'signal'],
});
const applyAsync = signature({
  name: 'apply_async',
  defaults: () => ({
    func: unset,
    args: [] as unknown,
    kwds: unset,
    callback: unset,
    error_callback: unset,
    timeout: unset,
    signal: unset,
  }),
  required: 1,
  keywordOnly: ['timeout', 'signal'],
  objects: ['kwds'],
});
const Pool = signature({
  name: 'Pool',
  defaults: () => ({
    processes: unset,
    initializer: unset,
    initargs: [] as unknown,
    maxtasksperchild: unset,
  }),
});
const put = signature({
  name: 'put',
  defaults: () => ({ obj: unset, block: true, timeout: unset }),
  required: 1,
  objects: ['obj'],
});

describe('positional arguments', () => {
  test('fill the parameters in order, the rest keep their defaults', () => {
    expect(map([f, [1], 5])).toEqual({ func: f, iterable: [1], chunksize: 5, timeout: null, signal: null });
    expect(Pool([])).toEqual({ processes: null, initializer: null, initargs: [], maxtasksperchild: null });
  });

  test('null and undefined leave an optional parameter at its default', () => {
    expect(applyAsync([f, null, undefined, cb]).args).toEqual([]);
    expect(put([1, null]).block).toBe(true);
  });

  test('a required parameter may be null', () => {
    expect(put([null]).obj).toBeNull();
    expect(put([undefined]).obj).toBeUndefined();
    expect(put([{ obj: 1 }]).obj).toBe(1);
  });

  test('too many are refused in the words of Python', () => {
    expect(() => applyAsync([1, 2, 3, 4, 5, 6])).toThrow(
      new TypeError('apply_async() takes from 1 to 5 positional arguments but 6 were given'),
    );
    const none = signature({ name: 'close', defaults: () => ({}) });
    expect(() => none([1])).toThrow('close() takes 0 positional arguments but 1 was given');
    const one = signature({ name: 'f', defaults: () => ({ x: unset }), required: 1 });
    expect(() => one([1, 2])).toThrow('f() takes 1 positional argument but 2 were given');
  });

  test('missing ones are named', () => {
    expect(() => map([])).toThrow(
      new TypeError("map() missing 2 required positional arguments: 'func' and 'iterable'"),
    );
    expect(() => map([f])).toThrow("map() missing 1 required positional argument: 'iterable'");
    expect(() => map([{ func: f }])).toThrow("map() missing 1 required positional argument: 'iterable'");
    const three = signature({ name: 'g', defaults: () => ({ a: unset, b: unset, c: unset }), required: 3 });
    expect(() => three([])).toThrow("g() missing 3 required positional arguments: 'a', 'b', and 'c'");
  });
});

describe('keywords', () => {
  test('come as one last object after any number of positionals', () => {
    const all = { processes: 4, initializer: f, initargs: [1], maxtasksperchild: 10 };
    expect(Pool([all])).toEqual(all);
    expect(Pool([4, { initializer: f, initargs: [1], maxtasksperchild: 10 }])).toEqual(all);
    expect(Pool([4, f, [1], 10])).toEqual(all);
    expect(Pool([4, f, [1], 10, {}])).toEqual(all);
  });

  test('may include the required ones', () => {
    expect(map([{ iterable: [1], func: f }])).toMatchObject({ func: f, iterable: [1] });
  });

  test('left out by null or undefined keep the default', () => {
    expect(applyAsync([f, { args: null, callback: undefined }])).toEqual(applyAsync([f]));
  });

  test('an empty object is no keywords', () => {
    expect(Pool([{}])).toEqual(Pool([]));
    expect(map([f, [1], {}])).toEqual(map([f, [1]]));
    expect(applyAsync([f, {}])).toEqual(applyAsync([f]));
  });

  test('an unknown one is named, and a near one suggested', () => {
    expect(() => Pool([{ processes: 4, x: 1 }])).toThrow(
      new TypeError("Pool() got an unexpected keyword argument 'x'"),
    );
    expect(() => Pool([4, { maxTasksPerChild: 1 }])).toThrow(
      "Pool() got an unexpected keyword argument 'maxTasksPerChild'. Did you mean 'maxtasksperchild'?",
    );
    expect(() => map([f, [1], 5, { chunk: 1 }])).toThrow("map() got an unexpected keyword argument 'chunk'");
    expect(() => map([f, [1], 5, 6, { timeout: 1 }])).toThrow(
      'map() takes from 2 to 3 positional arguments but 4 were given',
    );
  });

  test('one given by position too is refused', () => {
    expect(() => map([f, [1], 5, { chunksize: 5 }])).toThrow(
      new TypeError("map() got multiple values for argument 'chunksize'"),
    );
  });

  test('keyword-only ones are not positional', () => {
    expect(map([f, [1], { timeout: 2 }]).timeout).toBe(2);
    expect(() => map([f, [1], 5, 2])).toThrow('but 4 were given');
  });
});

describe('a parameter that takes any object', () => {
  test('takes one that is not all keywords', () => {
    expect(applyAsync([f, [1], { base: 2 }]).kwds).toEqual({ base: 2 });
    expect(applyAsync([f, [1], { base: 2, callback: cb }]).kwds).toEqual({ base: 2, callback: cb });
    expect(applyAsync([f, [1], {}]).kwds).toEqual({});
  });

  test('leaves one that is all keywords', () => {
    expect(applyAsync([f, [1], { callback: cb }])).toMatchObject({ kwds: null, callback: cb });
    expect(applyAsync([f, [1], { kwds: { callback: 1 } }]).kwds).toEqual({ callback: 1 });
  });

  test('keeps one that is needed as its value', () => {
    expect(put([{ timeout: 5 }]).obj).toEqual({ timeout: 5 });
    expect(put([{}]).obj).toEqual({});
    expect(put([1, { block: false }])).toEqual({ obj: 1, block: false, timeout: null });
  });

  test('says so when the object stands at another place', () => {
    expect(() => applyAsync([f, { base: 2 }])).toThrow(
      "apply_async() got an unexpected keyword argument 'base'",
    );
  });
});

describe('what is not an options object', () => {
  class Data {
    chunksize = 1;
  }
  test.each([
    ['a class instance', new Data()],
    ['an array', [1]],
    ['a map', new Map()],
    ['a literal that can be iterated', { *[Symbol.iterator]() {} }],
    ['a literal that can be iterated asynchronously', { async *[Symbol.asyncIterator]() {} }],
    ['a generator', (function* () {})()],
  ])('%s is a positional argument', (_name, value) => {
    expect(map([f, value]).iterable).toBe(value);
  });

  test('an object without a prototype is one', () => {
    const keywords = Object.assign(Object.create(null) as object, { chunksize: 3 });
    expect(map([f, [1], keywords]).chunksize).toBe(3);
  });
});

test('every split into positionals and keywords binds alike', () => {
  const names = ['processes', 'initializer', 'initargs', 'maxtasksperchild'] as const;
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 4 }), fc.nat(4), (values, cut) => {
      const positional = values.slice(0, cut);
      const keywords = Object.fromEntries(values.map((value, i) => [names[i], value]).slice(cut));
      expect(Pool([...positional, keywords])).toEqual(Pool(values));
    }),
  );
});
