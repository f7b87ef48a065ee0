import fc from 'fast-check';
import { Receiver } from '../../../lib/reduction/receiving';
import { decodeResult } from '../../../lib/reduction/results';
import { encode, Peer } from '../../../lib/reduction/sending';
import { encodeOneResult } from '../../../workers/replies';

/** To a worker, without one. */
function send(value: unknown): unknown {
  const { codec, text, blocks, needs } = encode(value);
  const receiver = new Receiver();
  const definitions = needs === null ? null : new Peer().pack(needs);
  if (definitions !== null) receiver.define(JSON.parse(definitions.text), definitions.blocks);
  return receiver.decode(codec, JSON.parse(text), blocks);
}

/** Data of any kind, held so that the graph codec has to carry it. */
const odd = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

test('any data arrives as it was', () => {
  fc.assert(
    fc.property(odd, (value) => {
      const marker = Symbol.for('marker');
      const [back] = send([value, marker]) as [unknown];
      expect(back).toStrictEqual(value);
    }),
    { numRuns: 300 },
  );
});

test('any data comes back as it was', () => {
  fc.assert(
    fc.property(odd, (value) => {
      const { codec, text, blocks } = encodeOneResult([value, Symbol.for('marker')], false);
      const [back] = decodeResult(codec, JSON.parse(text), blocks) as [unknown];
      expect(back).toStrictEqual(value);
    }),
    { numRuns: 300 },
  );
});

test('identity inside a message', () => {
  const shared = { n: 1 };
  const cycle: Record<string, unknown> = { shared, list: [shared], map: new Map([[shared, shared]]) };
  cycle.me = cycle;
  cycle.f = () => 1;
  const back = send(cycle) as typeof cycle & { list: unknown[]; map: Map<unknown, unknown> };
  expect(back.me).toBe(back);
  expect(back.list[0]).toBe(back.shared);
  expect(back.map.get(back.shared)).toBe(back.shared);
});

test('getters are described, not called', () => {
  let calls = 0;
  const value = {
    get x(): number {
      calls++;
      return 5;
    },
  };
  const property = Object.getOwnPropertyDescriptor(send(value), 'x');
  expect(calls).toBe(0);
  expect(typeof property?.get).toBe('function');
});

test('descriptors, symbols, frozen objects, a __proto__ key', () => {
  const key = Symbol('own');
  const value = Object.freeze(
    Object.defineProperties(
      { [key]: 1, [Symbol.iterator]: 2, f: () => 1 },
      {
        hidden: { value: 3 },
        ['__proto__']: { value: 4, enumerable: true },
      },
    ),
  );
  const back = send([value, key]) as [typeof value, symbol];
  expect(Object.isFrozen(back[0])).toBe(true);
  const own: Record<PropertyKey, unknown> = back[0];
  expect(own[back[1]]).toBe(1);
  expect(back[0][Symbol.iterator]).toBe(2);
  expect(Object.getOwnPropertyDescriptor(back[0], 'hidden')).toMatchObject({ value: 3, enumerable: false });
  expect(Object.hasOwn(back[0], '__proto__')).toBe(true);
});

test('functions bring their variables', () => {
  let n = 1;
  const f = send({ f: () => ++n }) as { f: () => number };
  expect([f.f(), f.f(), n]).toEqual([2, 3, 1]);
});
