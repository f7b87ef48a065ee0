import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Encoded } from '../../lib/reduction/types';
import { decodePlain, encodePlain, encodePlainList } from '../../lib/reduction/values';

/** There and back as a value travels: the text inside a message, the blocks beside it. */
function travel(encoded: Encoded): unknown {
  const [json] = JSON.parse(`[${encoded.text}]`) as [unknown];
  return decodePlain(
    encoded.codec,
    json,
    encoded.blocks.map((block) => Buffer.from(block)),
  );
}

function back(value: unknown): unknown {
  const encoded = encodePlain(value);
  if (encoded === null) throw new Error('this is not plain');
  return travel(encoded);
}

const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 31, -(2 ** 31) - 1),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('x'.repeat(4095), 'ü'.repeat(4096), '\u2028', '\0', '\ud800', '__proto__'),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.uint8Array(),
  fc.float64Array(),
  fc.int16Array(),
  fc.uint8Array().map(({ buffer }) => buffer),
  fc.uint8Array({ minLength: 4 }).map(({ buffer }) => new DataView(buffer, 1, 2)),
  fc.constantFrom(/a+/gi, /[/]\n/u),
);

const key = fc.oneof(fc.string(), fc.constantFrom('length', 'toJSON', 'then', '0', '', 'constructor'));
const { value: tree } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('list'),
    tie('object'),
    tie('map'),
    tie('set'),
  ),
  list: fc.oneof(
    fc.array(tie('value'), { maxLength: 6 }),
    fc.sparseArray(tie('value'), { maxLength: 6, maxNumElements: 4 }),
    fc.array(fc.double(), { minLength: 45, maxLength: 60 }),
    fc.array(fc.integer(), { minLength: 45, maxLength: 60 }),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  map: fc.array(fc.tuple(leaf, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  set: fc.array(leaf, { maxLength: 4 }).map((values) => new Set(values)),
}));

test('plain values come back as they went', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(isDeepStrictEqual(back(value), value)).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('lists of values come back as they went', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 8 }), (list) => {
      const encoded = encodePlainList(list);
      expect(encoded === null ? list : isDeepStrictEqual(travel(encoded), list)).toBeTruthy();
    }),
    { numRuns: 1000 },
  );
});

test('lists of numbers come back as they went, at every length and of every kind', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, NaN, Infinity, 2 ** 31, 2 ** 32));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.integer(), { minLength: 40, maxLength: 70 }),
        fc.array(number, { minLength: 40, maxLength: 70 }),
        fc
          .tuple(
            fc.array(fc.integer(), { minLength: 48, maxLength: 60 }),
            fc.constantFrom('x', null, undefined, 1n),
          )
          .map(([list, odd]) => [...list, odd]),
      ),
      (list) => {
        expect(isDeepStrictEqual(travel(encodePlainList(list) as Encoded), list)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([undefined, null, true, false])('a list of nothing but %s takes no room', (value) => {
  const list = new Array<unknown>(1000).fill(value);
  const encoded = encodePlainList(list) as Encoded;
  expect([encoded.text.length < 16, encoded.blocks]).toEqual([true, []]);
  expect(isDeepStrictEqual(travel(encoded), list)).toBe(true);
  for (const [place, odd] of [
    [0, 1],
    [500, value === null ? undefined : null],
    [999, 'x'],
  ] as const) {
    const other = list.with(place, odd);
    expect(isDeepStrictEqual(travel(encodePlainList(other) as Encoded), other)).toBe(true);
  }
});

test('one object in two places stays one', () => {
  const shared = { x: 1 };
  const copy = back([shared, { again: shared }, shared]) as [object, { again: object }, object];
  expect(copy[0]).toBe(copy[2]);
  expect(copy[1].again).toBe(copy[0]);
  expect(back([shared, { x: 1 }])).toEqual([{ x: 1 }, { x: 1 }]);
});

test('the arguments of a call share what they shared', () => {
  const shared = [1];
  const copy = travel(encodePlainList([shared, shared]) as Encoded) as unknown[];
  expect(copy[0]).toBe(copy[1]);
});

test('cycles come back as cycles', () => {
  const loop: Record<string, unknown> = { name: 'loop' };
  loop.self = loop;
  loop.list = [loop];
  const copy = back(loop) as { self: unknown; list: unknown[] };
  expect(copy.self).toBe(copy);
  expect(copy.list[0]).toBe(copy);
});

test('typed arrays come back with a memory of their own, also those that shared one', () => {
  const buffer = new ArrayBuffer(8);
  const copy = back([new Uint8Array(buffer, 0, 4), new Int16Array(buffer, 2, 2)]) as [Uint8Array, Int16Array];
  expect(copy.map((each) => [each.byteOffset, each.buffer.byteLength])).toEqual([
    [0, 4],
    [0, 4],
  ]);
  copy[0].fill(7);
  expect([...copy[1]]).toEqual([0, 0]);
});

test('a Buffer that is a part of a pool does not carry the pool', () => {
  const encoded = encodePlain(Buffer.from('small')) as Encoded;
  expect(encoded.blocks.reduce((sum, block) => sum + block.byteLength, 0)).toBeLessThan(100);
});

test('holes stay holes', () => {
  // eslint-disable-next-line no-sparse-arrays
  const copy = back([1, , 3]) as unknown[];
  expect(1 in copy).toBe(false);
  expect(copy).toHaveLength(3);
});

test.each([
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  [
    'a class instance',
    new (class A {
      x = 1;
    })(),
  ],
  ['a null prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ a: 1 })],
  ['a frozen array', Object.freeze([1])],
  ['a symbol key', { [Symbol.iterator]: 1 }],
  ['an Error', new Error('x')],
  ['a subclass of Array', new (class extends Array {})()],
  ['a subclass of Map', new (class extends Map {})()],
  ['a Map with a property', Object.assign(new Map(), { a: 1 })],
  ['a hidden property', Object.defineProperty({}, 'a', { value: 1 })],
  ['a Promise', Promise.resolve()],
  ['a WeakMap', new WeakMap()],
  ['a boxed number', Object(1)],
])('%s is not plain', (_name, value: unknown) => {
  expect(encodePlain(value)).toBeNull();
  expect(encodePlain([{ deep: value }])).toBeNull();
  expect(encodePlainList([1, value])).toBeNull();
});

test('no getter is called, and no toJSON', () => {
  const never = (): never => {
    throw new Error('it was called');
  };
  expect(
    encodePlain({
      get x() {
        return never();
      },
    }),
  ).toBeNull();
  expect(encodePlain({ toJSON: never })).toBeNull();
  expect(encodePlain(Object.defineProperty(new Date(), 'toJSON', { value: never }))).toBeNull();
  expect(encodePlain(new Proxy({}, { get: never, ownKeys: never, getPrototypeOf: () => null }))).toBeNull();
});

// To look at the descriptor of each element would cost every array several times what its encoding costs.
test.failing('no getter is called that is an element of an array', () => {
  const called = jest.fn();
  encodePlain([Object.defineProperty([1], '0', { get: called })]);
  expect(called).not.toHaveBeenCalled();
});

test('a date that is none stays none', () => {
  expect((back(new Date(NaN)) as Date).getTime()).toBe(NaN);
});

test('a property called __proto__ is a property', () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}}') as object;
  const copy = back(value) as object;
  expect(Object.hasOwn(copy, '__proto__')).toBe(true);
  expect((copy as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a value that is deep is not too deep', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 1000; i++) deep = [deep];
  expect(isDeepStrictEqual(back(deep), deep)).toBe(true);
});

test('what is longer as JSON than a string can be travels in another way', () => {
  const strings = new Array<string>(140_000).fill('x'.repeat(4000));
  expect(() => JSON.stringify(strings)).toThrow('Invalid string length');
  const { text, blocks } = encodePlainList(strings) as Encoded;
  expect(text.length).toBeLessThan(10);
  expect(blocks[0]?.byteLength).toBeGreaterThan(140_000 * 4000);
}, 30_000);
