import fc from 'fast-check';
import { Deque } from '../../lib/util/deque';

test('gives back in the order put in', () => {
  const deque = new Deque([1, 2, 3]);
  deque.push(4);
  expect([deque.shift(), deque.shift(), deque.length]).toEqual([1, 2, 2]);
  expect([...deque]).toEqual([3, 4]);
});

test('what is put in front comes first', () => {
  const deque = new Deque([1, 2]);
  deque.unshift(0);
  expect([...deque]).toEqual([0, 1, 2]);
  expect(deque.pop()).toBe(2);
});

test('an empty one gives undefined', () => {
  const deque = new Deque<number>();
  expect([deque.shift(), deque.pop(), deque.at(0), deque.length]).toEqual([
    undefined,
    undefined,
    undefined,
    0,
  ]);
});

test('holds undefined as a value', () => {
  const deque = new Deque<undefined>();
  deque.push(undefined);
  expect(deque.length).toBe(1);
});

// With shift() of an array they would take minutes.
test('a million in and out are through in time', () => {
  const deque = new Deque<number>();
  for (let i = 0; i < 1e6; i++) deque.push(i);
  let sum = 0;
  while (deque.length > 0) sum += deque.shift() ?? 0;
  expect(sum).toBe(499999500000);
});

type Step = ['push' | 'unshift', number] | ['shift' | 'pop' | 'clear'];

test('does what an array does', () => {
  const step = fc.oneof(
    fc.tuple(fc.constantFrom('push' as const, 'unshift' as const), fc.integer()),
    fc.tuple(fc.constantFrom('shift' as const, 'pop' as const)),
    fc.record({ weight: fc.constant(0) }).map((): Step => ['clear']),
  );
  const growing = fc.array(fc.tuple(fc.constantFrom('push' as const, 'unshift' as const), fc.integer()), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(growing, fc.array(step, { maxLength: 200 }), (first, then) => {
      const deque = new Deque<number>();
      let array: number[] = [];
      for (const [name, value] of [...first, ...then] as Step[]) {
        if (name === 'clear') {
          deque.clear();
          array = [];
        } else if (name === 'push' || name === 'unshift') {
          deque[name](value);
          array[name](value);
        } else {
          expect(deque[name]()).toBe(array[name]());
        }
        expect(deque.length).toBe(array.length);
        expect([deque.first, deque.at(-1)]).toEqual([array[0], array.at(-1)]);
      }
      expect([...deque]).toEqual(array);
    }),
  );
});
