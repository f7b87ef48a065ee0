import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { PicklingError } from '../../../lib/errors';
import {
  ByteArray,
  CalendarDate,
  ClockTime,
  DateTime,
  float,
  FrozenSet,
  Global,
  NaiveDateTime,
  PickleCodec,
  TimeDelta,
  TimeZone,
  tuple,
  Tuple,
} from '../../../lib/pickle';
import { Full } from '../../../lib/queues/errors';
import { RecursionError } from '../../../lib/util/exceptions';
import { testWithPython } from '../../support/python';
import { python, show } from './support';

const codec = new PickleCodec({ exceptions: [['queue Full', Full]] });
const shared = { k: [1] };

const VALUES: readonly (readonly [name: string, value: unknown])[] = [
  ['a call', tuple('id', 'method', tuple(1), {})],
  ['nothing', [null, undefined]],
  ['truth', [true, false]],
  [
    'integers',
    [0, 255, 256, 65535, 65536, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53 - 1],
  ],
  [
    'large integers',
    [2n ** 53n, -(2n ** 53n), 2n ** 63n, -(2n ** 63n), 127n, 128n, -128n, -129n, 3n ** 3000n, 0n],
  ],
  ['floats', [0.5, -0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 1e300, float(1), float(-3)]],
  [
    'text',
    ['', 'a', 'ä', '€', '😀', '\ud800', 'x\udfff!', '\0', 'x'.repeat(85), 'ä'.repeat(85), 'ü'.repeat(5000)],
  ],
  ['long text with a surrogate', `${'€'.repeat(5000)}\ud800`],
  ['bytes', [Buffer.from('abc'), new Uint8Array(300), new ByteArray([1, 2]), new Uint8Array(0)]],
  ['lists', [[], [1], [[2], 3], new Array(3)]],
  ['tuples', [tuple(), tuple(1), tuple(1, 2), tuple(1, 2, 3), tuple(1, 2, 3, 4)]],
  [
    'dicts',
    [{}, { a: 1 }, { a: 1, b: { c: undefined } }, new Map<unknown, unknown>([[tuple(1, 'x'), 2]]), new Map()],
  ],
  [
    'keys',
    new Map<unknown, unknown>([
      ['1', 1],
      [1, 2],
      [1.5, 3],
      [null, 4],
      [Buffer.from('k'), 5],
      [false, 6],
    ]),
  ],
  ['a dict without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  [
    'sets',
    [new Set(), new Set([1, 'a']), new FrozenSet(), new FrozenSet([tuple(1)]), new Set([new FrozenSet([1])])],
  ],
  [
    'typed arrays',
    [new Int16Array([1, -2]), new Float64Array([0.5]), new BigInt64Array([-1n]), new Int8Array(2)],
  ],
  [
    'dates',
    [new Date(0), new Date('2024-02-29T23:59:59.123Z'), new Date('0001-01-01'), new Date(253402300799999)],
  ],
  [
    'dates with a zone',
    [new DateTime(5, 7), new DateTime(-1, 999, new TimeZone(new TimeDelta(0, 7200, 5), 'X'), 1)],
  ],
  [
    'times',
    [
      new NaiveDateTime(2024, 2, 29, 1, 2, 3, 4, 1),
      new CalendarDate(1, 1, 1),
      new ClockTime(1, 2, 3, 4, TimeZone.utc, 1),
    ],
  ],
  ['durations', [new TimeDelta(-1, 5, 7), new TimeDelta(0, 0, -1), TimeZone.utc]],
];

/** More than anybody thinks of. */
const leaf = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(null, true, false),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
);
const key = fc.oneof(fc.string(), fc.double({ noInteger: true, noNaN: true }), fc.integer({ min: 2 }));
const { value: arbitrary } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value')),
    fc.array(tie('value')).map((items) => tuple(...items)),
    fc.dictionary(fc.string(), tie('value')),
    fc.array(fc.tuple(key, tie('value'))).map((entries) => new Map(entries)),
    fc.array(key).map((items) => new Set(items)),
    fc.array(key).map((items) => new FrozenSet(items)),
  ),
}));
const RANDOM = fc.sample(arbitrary, 300);

const { loaded } = python({
  loads: [...VALUES.map(([, value]) => value), ...RANDOM].map((value) => codec.dumps(value)),
});

describe('what CPython reads', () => {
  testWithPython.each(VALUES.map(([name, value], i) => [name, value, i] as const))('%s', (_, value, i) => {
    expect(loaded[i]).toEqual({ shown: show(value) });
  });

  testWithPython('300 values that chance has made', () => {
    RANDOM.forEach((value, i) => {
      expect(loaded[VALUES.length + i]).toEqual({ shown: show(value) });
    });
  });
});

describe('what comes back here', () => {
  test.each(VALUES)('%s', (_, value) => {
    expect(show(codec.loads(codec.dumps(value)))).toBe(loose(show(value)));
  });

  test('any value', () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(show(codec.loads(codec.dumps(value)))).toBe(loose(show(value)));
      }),
    );
  });

  test('in each of its places the same object', () => {
    const back = codec.loads(codec.dumps([shared, shared, tuple(shared)])) as unknown[];
    expect(back[0]).toBe(back[1]);
    expect((back[2] as unknown[])[0]).toBe(back[0]);
  });

  test('more than 256 objects, each named again', () => {
    const many = Array.from({ length: 300 }, (_, i) => [i]);
    const [first, again] = codec.loads(codec.dumps([many, [...many]])) as unknown[][];
    expect(again!.every((each, i) => each === first![i])).toBe(true);
  });

  test.each([1, 3, 4])('a tuple of %d items that lies in itself', (length) => {
    const list: unknown[] = [];
    const outer = tuple<unknown[]>(list, ...new Array<number>(length - 1).fill(0));
    list.push(outer);
    const back = codec.loads(codec.dumps(outer)) as unknown[][];
    expect(back).toBeInstanceOf(Tuple);
    expect(back).toHaveLength(length);
    expect(back[0]![0]).toBe(back);
  });

  test('a list, a dict and a record that lie in themselves', () => {
    const record: Record<string, unknown> = {};
    const dict = new Map<unknown, unknown>([['record', record]]);
    record.dict = dict;
    const back = codec.loads(codec.dumps(record)) as Map<string, Map<string, unknown>>;
    expect(back.get('dict')!.get('record')).toBe(back);
  });
});

/** `float(1)` and `float(-3)` come back as 1 and -3: here is no difference. */
const loose = (shown: string): string =>
  shown.replaceAll('float 3ff0000000000000', '1').replaceAll('float c008000000000000', '-3');

test('what comes from another context is what it is', () => {
  const foreign: unknown = runInNewContext('[{ a: [1] }, new Map([[1, 2]]), new Set([1]), new Date(0)]');
  const own = [{ a: [1] }, new Map([[1, 2]]), new Set([1]), new Date(0)];
  expect(codec.dumps(foreign)).toEqual(codec.dumps(own));
});

describe('classes and functions', () => {
  class Point {
    constructor(
      readonly x: number,
      readonly friends: unknown[] = [],
    ) {}
  }
  const points = new PickleCodec({
    reduce: (value) =>
      value instanceof Point
        ? { global: 'shapes Point', args: [value.x], state: { friends: value.friends }, is_new: value.x < 0 }
        : value === Point
          ? new Global('shapes', 'Point')
          : null,
    allow: new Map([
      [
        'shapes Point',
        {
          make: ([x]: readonly unknown[]) => new Point(x as number),
          set_state: (point: unknown, state: unknown) => {
            (point as Point).friends.push(...((state as Map<string, unknown[]>).get('friends') ?? []));
          },
        },
      ],
    ]),
  });

  test.each([1, -1])('are written and rebuilt by those who know them (%d)', (x) => {
    const point = new Point(x);
    point.friends.push(point, new Point(2));
    const back = points.loads(points.dumps([point, point])) as Point[];
    expect(back[0]).toBeInstanceOf(Point);
    expect(back[1]).toBe(back[0]);
    expect(back[0]!.friends[0]).toBe(back[0]);
    expect(back[0]!.friends[1]).toEqual(new Point(2));
  });

  test('can be passed on by name', () => {
    expect(points.loads(points.dumps([Point]))).toEqual([new Global('shapes', 'Point')]);
  });

  test('may pickle something themselves when asked', () => {
    const nested = new PickleCodec({
      reduce: (value) => ({ global: 'builtins bytearray', args: [codecOf(value)] }),
    });
    const codecOf = (value: object): Uint8Array => nested.dumps([Object.keys(value)]);
    const back = nested.loads(nested.dumps(['before', new Point(1), 'after'])) as unknown[];
    expect(back[0]).toBe('before');
    expect(back[2]).toBe('after');
    expect(nested.loads(back[1] as Uint8Array)).toEqual([['x', 'friends']]);
  });
});

describe('what cannot be written is an error that says where it is', () => {
  class Socket {
    readonly isOpen = true;
  }
  const socket = new Socket();
  const cases: readonly (readonly [message: string, value: unknown])[] = [
    ["cannot pickle 'Socket' object", socket],
    ["cannot pickle 'Socket' object: value.rows[1].file", { rows: [1, { file: socket }] }],
    [`cannot pickle 'Socket' object: value["a b"].get("k")`, { 'a b': new Map([['k', socket]]) }],
    ["cannot pickle 'Socket' object: a key of value", new Map([[socket, 1]])],
    ["cannot pickle 'Socket' object: an item of value[0]", [new Set([socket])]],
    ['cannot pickle function run: value[0]', [function run() {}]],
    ['cannot pickle function <anonymous>: value[0]', [() => {}]],
    ["cannot pickle 'symbol': value[0]", [Symbol('s')]],
    ["cannot pickle 'DataView' object", new DataView(new ArrayBuffer(1))],
    ["cannot pickle 'ArrayBuffer' object", new ArrayBuffer(1)],
    ["cannot pickle 'Promise' object: value.p", { p: Promise.resolve() }],
    [
      'two keys are different ones here, and the same in Python',
      new Map<unknown, unknown>([
        [1, 'a'],
        [true, 'b'],
      ]),
    ],
    ['two keys are different ones here, and the same in Python: value[0]', [new Set([1, 1n])]],
    ['two keys are different ones here, and the same in Python', new Set([0, float(0)])],
  ];
  test.each(cases)('%s', (message, value) => {
    expect(() => codec.dumps(value)).toThrow(new PicklingError(message));
    expect(() => codec.dumps(value)).toThrow(PicklingError);
  });

  test.each([
    ['list', [1]],
    ['dict', {}],
    ['dict', new Map()],
    ['set', new Set()],
    ['bytearray', new ByteArray(1)],
    ['list', tuple(1, tuple([2]))],
    ['array.array', new Int8Array(1)],
  ])('a %s as a key', (name, value) => {
    expect(() => codec.dumps(new Map([[value, 1]]))).toThrow(new TypeError(`unhashable type: '${name}'`));
  });

  test.each([new Date(NaN), new Date('+012024-01-01'), new Date('-000001-01-01')])(
    '%p has no year there',
    (date) => {
      expect(() => codec.dumps(date)).toThrow(/^year (NaN|-?\d+) is out of range$/);
    },
  );

  test('too deep', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 1000; i++) deep = [deep];
    expect(() => codec.dumps(deep)).toThrow(RecursionError);
    expect(codec.loads(codec.dumps(deep[0]))).toEqual(deep[0]);
  });

  test('and the next value is written as if nothing had been', () => {
    expect(() => codec.dumps([[['x'.repeat(100_000), socket]]])).toThrow(PicklingError);
    expect(codec.loads(codec.dumps([[1]]))).toEqual([[1]]);
  });
});

test('a large value is written once, into its own memory', () => {
  const bytes = Buffer.alloc(1 << 20, 7);
  const pickle = codec.dumps([bytes, bytes]);
  expect(pickle.buffer.byteLength).toBeLessThan(1.1 * bytes.length);
  expect(codec.dumps('small').buffer.byteLength).toBeLessThan(100_000);
});

test('text and numbers do not run into the next pickle', () => {
  const first = codec.dumps('a'.repeat(1000));
  const copy = Buffer.from(first);
  for (let i = 0; i < 200; i++) codec.dumps('b'.repeat(1000));
  expect(copy.equals(first)).toBe(true);
});
