import * as builtins from '../../lib/builtins';
import {
  divmod,
  enumerate,
  getpid,
  getppid,
  len,
  os,
  perf_counter,
  print,
  randint,
  random,
  range,
  repr,
  sleep,
  sorted,
  str,
  sum,
  time,
  truediv,
  zip,
} from '../../lib/builtins';

describe('range', () => {
  test.each([
    [range(4), [0, 1, 2, 3]],
    [range(2, 5), [2, 3, 4]],
    [range(0, 10, 3), [0, 3, 6, 9]],
    [range(10, 0, -3), [10, 7, 4, 1]],
    [range(0), []],
    [range(5, 2), []],
    [range(0, 3, -1), []],
  ])('%s is %j', (numbers, expected) => {
    expect([...numbers]).toEqual(expected);
    expect([...numbers]).toEqual(expected);
    expect(numbers.length).toBe(expected.length);
    expect(len(numbers)).toBe(expected.length);
  });

  test('says its places, from both ends', () => {
    const numbers = range(0, 10, 2);
    expect([numbers.at(0), numbers.at(-1), numbers.index(4)]).toEqual([0, 8, 2]);
    expect(() => numbers.at(5)).toThrow(new builtins.IndexError('range object index out of range'));
    expect(() => numbers.index(3)).toThrow(new builtins.ValueError('3 is not in range'));
    expect([...numbers.slice(1, -1)]).toEqual([2, 4, 6]);
  });

  test('knows what is in it', () => {
    expect([0, 8, 10, -2, 3, '0', 1.5].map((each) => range(0, 10, 2).includes(each))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(range(10, 0, -3).includes(4)).toBe(true);
    expect(range(3).count(1)).toBe(1);
  });

  test('is written as in Python', () => {
    expect([`${range(10)}`, String(range(1, 9, 2)), str(range(3))]).toEqual([
      'range(0, 10)',
      'range(1, 9, 2)',
      'range(0, 3)',
    ]);
  });

  test('refuses what Python refuses', () => {
    expect(() => range(0, 1, 0)).toThrow(new builtins.ValueError('range() arg 3 must not be zero'));
    expect(() => range(1.5)).toThrow(new TypeError("'float' object cannot be interpreted as an integer"));
    expect(() => range('3' as never)).toThrow("'str' object cannot be interpreted as an integer");
    expect(() => range(...([] as never))).toThrow('range expected at least 1 argument, got 0');
    expect(() => range(...([1, 2, 3, 4] as never))).toThrow('range expected at most 3 arguments, got 4');
  });
});

describe('time', () => {
  test('sleep blocks for so many seconds', () => {
    const start = perf_counter();
    sleep(0.05);
    time.sleep(0.01);
    expect(perf_counter() - start).toBeGreaterThanOrEqual(0.059);
  });

  test('sleep refuses what Python refuses', () => {
    expect(() => sleep(-1)).toThrow(new builtins.ValueError('sleep length must be non-negative'));
    expect(() => sleep('1' as never)).toThrow(TypeError);
    expect(() => sleep(NaN)).toThrow(builtins.ValueError);
  });

  test('time follows when somebody sets the clock', () => {
    const before = time();
    jest.useFakeTimers({ now: Date.now() + 3_600_000, doNotFake: ['performance'] });
    try {
      expect(time() - before).toBeGreaterThanOrEqual(3599);
      jest.setSystemTime(Date.now() - 7_200_000);
      expect(time() - before).toBeLessThan(-3000);
    } finally {
      jest.useRealTimers();
    }
    expect(time()).toBeGreaterThanOrEqual(before);
  });

  test('time is seconds since 1970, in both spellings', () => {
    for (const clock of [time, time.time]) {
      const before = Date.now() / 1000;
      const now = clock();
      expect(now).toBeGreaterThan(before - 1);
      expect(now).toBeLessThan(Date.now() / 1000 + 1);
    }
  });
});

test('pids are those of the system', () => {
  expect([getpid(), getppid(), os.getpid()]).toEqual([process.pid, process.ppid, process.pid]);
  expect(os.cpu_count()).toBeGreaterThanOrEqual(1);
});

describe('random', () => {
  test('randint includes both ends', () => {
    const seen = new Set(Array.from({ length: 500 }, () => randint(1, 3)));
    expect(sorted(seen)).toEqual([1, 2, 3]);
    expect(() => random.randint(3, 1)).toThrow('empty range for randrange() (3, 2, -1)');
  });

  test('random is below 1, in both spellings', () => {
    for (const value of [random(), random.random(), random.uniform(0, 1)]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });

  test('choice and shuffle take what is there', () => {
    expect(random.choice(['a'])).toBe('a');
    expect(() => random.choice([])).toThrow(builtins.IndexError);
    const values = [1, 2, 3, 4];
    random.shuffle(values);
    expect(sorted(values)).toEqual([1, 2, 3, 4]);
  });
});

describe('print', () => {
  const printed = (...values: unknown[]) => {
    let text = '';
    const file = { write: (each: string) => (text += each) };
    const last = values.at(-1);
    const own = typeof last === 'object' && last !== null && 'sep' in last;
    print(...(own ? values.slice(0, -1) : values), { ...(own ? last : {}), file });
    return text;
  };

  test('writes values as Python does', () => {
    expect(printed('a', 1, null, undefined, true, [1, 'b', [false]])).toBe(
      "a 1 None None True [1, 'b', [False]]\n",
    );
    expect(printed()).toBe('\n');
  });

  test('takes sep and end', () => {
    expect(printed(1, 2, { sep: '-', end: '!' })).toBe('1-2!');
  });

  test('prints an object that is no keywords', () => {
    expect(printed({ a: 1 })).toBe("{'a': 1}\n");
  });
});

describe('repr', () => {
  class Point {
    x = 1;
  }
  class Named {
    toString() {
      return '<Named>';
    }
  }
  const cycle: unknown[] = [1];
  cycle.push(cycle);
  test.each([
    ["it's", `"it's"`],
    ['a"b', `'a"b'`],
    [`'"`, `'\\'"'`],
    ['a\n\\\x00', "'a\\n\\\\\\x00'"],
    [new Map<unknown, unknown>([[1, 'a']]), "{1: 'a'}"],
    [new Set([1, 2]), '{1, 2}'],
    [new Set(), 'set()'],
    [{ k: { n: null } }, "{'k': {'n': None}}"],
    [Buffer.from('a\\\xff', 'latin1'), "b'a\\\\\\xff'"],
    [new Float64Array([1, 2]), 'array([1, 2])'],
    [new builtins.ValueError('bad'), "ValueError('bad')"],
    [new Point(), '<Point object>'],
    [new Named(), '<Named>'],
    [Point, "<class 'Point'>"],
    [() => 1, '<function <lambda>>'],
    [cycle, '[1, [...]]'],
    [Infinity, 'inf'],
    [NaN, 'nan'],
    [1e-7, '1e-07'],
    [10n, '10'],
  ])('of %p is %s', (value, expected) => {
    expect(repr(value)).toBe(expected);
  });

  test('of an error differs from its str', () => {
    expect(str(new Error('bad'))).toBe('bad');
    expect(str('a')).toBe('a');
  });
});

describe('functions', () => {
  test('len measures what Python measures', () => {
    expect([len('哼'), len('😀'), len([1]), len(new Map([[1, 2]])), len({ a: 1, b: 2 })]).toEqual([
      1, 1, 1, 1, 2,
    ]);
    expect(() => len(5 as never)).toThrow(new TypeError("object of type 'int' has no len()"));
  });

  test('enumerate counts', () => {
    expect([...enumerate('ab', 1)]).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  test('zip ends with the shortest and closes the others', () => {
    let closed = false;
    function* endless() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    expect([...zip(endless(), 'ab')]).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(closed).toBe(true);
    expect([...zip()]).toEqual([]);
  });

  describe('of asynchronous iterables', () => {
    async function* counting(log: string[] = []) {
      try {
        for (let i = 0; ; i++) {
          log.push(`asked for ${i}`);
          yield i;
        }
      } finally {
        await Promise.resolve();
        log.push('closed');
      }
    }

    async function collected<T>(values: AsyncIterable<T>): Promise<T[]> {
      const all: T[] = [];
      for await (const each of values) all.push(each);
      return all;
    }

    test('zip ends with the shortest, asks those behind it no more, and closes them', async () => {
      const log: string[] = [];
      expect(await collected(zip('ab', counting(log)))).toEqual([
        ['a', 0],
        ['b', 1],
      ]);
      expect(log).toEqual(['asked for 0', 'asked for 1', 'closed']);
    });

    test('zip that is left closes them', async () => {
      const log: string[] = [];
      for await (const [value] of zip(counting(log), range(5))) {
        if (value === 1) break;
      }
      expect(log.at(-1)).toBe('closed');
    });

    test('zip that meets an error passes it on and closes the others', async () => {
      const log: string[] = [];
      // eslint-disable-next-line require-yield
      async function* failing(): AsyncGenerator<never> {
        throw new builtins.ValueError('bad');
      }
      await expect(collected(zip(counting(log), failing()))).rejects.toThrow(new builtins.ValueError('bad'));
      expect(log).toEqual(['asked for 0', 'closed']);
    });

    test('enumerate counts, and closes what it is left with', async () => {
      const log: string[] = [];
      const seen: [number, number][] = [];
      for await (const pair of enumerate(counting(log), 5)) {
        seen.push(pair);
        if (seen.length === 2) break;
      }
      expect(seen).toEqual([
        [5, 0],
        [6, 1],
      ]);
      expect(log.at(-1)).toBe('closed');
    });

    test('what can be iterated both ways is iterated at once', () => {
      const either = Object.assign(['a', 'b'], { [Symbol.asyncIterator]: () => counting() });
      expect([...zip(either, range(2))]).toEqual([
        ['a', 0],
        ['b', 1],
      ]);
      expect([...enumerate(either)]).toEqual([
        [0, 'a'],
        [1, 'b'],
      ]);
    });
  });

  test('truediv divides, but not by zero', () => {
    expect([truediv(7, 2), truediv(0, 5), truediv(-1, 4)]).toEqual([3.5, 0, -0.25]);
    for (const zero of [0, -0]) {
      expect(() => truediv(1, zero)).toThrow(new builtins.ZeroDivisionError('division by zero'));
    }
  });

  test('divmod rounds down', () => {
    expect([divmod(7, 2), divmod(-7, 2), divmod(7, -2)]).toEqual([
      [3, 1],
      [-4, 1],
      [-4, -1],
    ]);
    expect(() => divmod(1, 0)).toThrow(builtins.ZeroDivisionError);
  });

  test('sum adds from a start', () => {
    expect([sum(range(5)), sum([1, 2], 10), sum([])]).toEqual([10, 13, 0]);
  });

  test('sorted compares numbers as numbers', () => {
    expect(sorted([10, 9, 1])).toEqual([1, 9, 10]);
    expect(sorted(['b', 'B', '\u{1F600}', '\uFF01'])).toEqual(['B', 'b', '\uFF01', '\u{1F600}']);
    expect(sorted([[2, 'a'], [1, 'b'], [1, 'a']])).toEqual([[1, 'a'], [1, 'b'], [2, 'a']]); // prettier-ignore
    expect(sorted(['aa', 'b'], { key: len, reverse: true })).toEqual(['aa', 'b']);
    expect(() => sorted([1, 'a'])).toThrow("'<' not supported between instances of");
  });

  test('sorted in reverse keeps the order of equals', () => {
    expect(sorted(['b1', 'a1', 'a2', 'b2'], { key: (each) => each[0], reverse: true })).toEqual([
      'b1',
      'b2',
      'a1',
      'a2',
    ]);
  });
});

describe('exceptions', () => {
  const { LookupError, OSError, ConnectionError, RuntimeError, ArithmeticError, ValueError } = builtins;
  test.each([
    [builtins.KeyError, LookupError],
    [builtins.IndexError, LookupError],
    [builtins.BrokenPipeError, ConnectionError],
    [builtins.ConnectionResetError, OSError],
    [builtins.FileNotFoundError, OSError],
    [builtins.TimeoutError, OSError],
    [builtins.NotImplementedError, RuntimeError],
    [builtins.RecursionError, RuntimeError],
    [builtins.ZeroDivisionError, ArithmeticError],
    [builtins.UnicodeError, ValueError],
  ])('%p is below %p', (one, above) => {
    expect(new one('x')).toBeInstanceOf(above);
  });

  test('each has its name, in front of the stack too', () => {
    type ErrorClass = new (message?: string) => Error;
    const classes = Object.entries<unknown>({ ...builtins }).filter(
      (entry): entry is [string, ErrorClass] =>
        typeof entry[1] === 'function' && (entry[1].prototype as unknown) instanceof Error,
    );
    expect(classes.length).toBeGreaterThan(30);
    for (const [name, Class] of classes) {
      const error = new Class('text');
      expect([error.name, error.stack?.split('\n')[0], Object.keys(error).includes('name')]).toEqual([
        name,
        `${name}: text`,
        false,
      ]);
    }
  });

  test('an OSError knows its number', () => {
    const error = new builtins.ConnectionRefusedError('no', { errno: 111, code: 'ECONNREFUSED' });
    expect([error.message, error.errno, error.code, error.filename]).toEqual([
      'no',
      111,
      'ECONNREFUSED',
      null,
    ]);
  });

  test('SystemExit has a code', () => {
    expect([new builtins.SystemExit(3).code, new builtins.SystemExit().code]).toEqual([3, null]);
  });
});

describe('dict and list', () => {
  const { dict, list, range } = builtins;

  test('dict copies a mapping', () => {
    const from = new Map([['a', 1]]);
    const copy = dict(from);
    copy.set('b', 2);
    expect([[...from], [...copy]]).toEqual([[['a', 1]], [['a', 1], ['b', 2]]]); // prettier-ignore
  });

  test('dict takes pairs, and whatever has items()', () => {
    expect(dict([['a', 1]])).toEqual(new Map([['a', 1]]));
    expect(dict({ items: () => [[1, 'x']] as const })).toEqual(new Map([[1, 'x']]));
    expect(dict()).toEqual(new Map());
  });

  test('list takes any iterable', () => {
    expect([list(range(3)), list('ab'), list(new Set([1])), list()]).toEqual([
      [0, 1, 2],
      ['a', 'b'],
      [1],
      [],
    ]);
  });

  test.each([
    ['dict', () => dict(5 as never), "'int' object is not iterable"],
    ['list', () => list(5 as never), "'int' object is not iterable"],
  ])('%s of what is no iterable is a TypeError', (_name, call, message) => {
    expect(call).toThrow(new TypeError(message));
  });
});
