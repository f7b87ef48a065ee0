import fc from 'fast-check';
import { forEach, withOne, without, type Few } from '../../lib/util/few';

type Thing = Readonly<{ name: string }>;

const listOf = (few: Few<Thing>): Thing[] => {
  const list: Thing[] = [];
  forEach(few, (thing) => list.push(thing));
  return list;
};

test('one thing is kept as itself', () => {
  const thing = { name: 'a' };
  const few = withOne<Thing>(null, thing);
  expect(few).toBe(thing);
  expect(withOne(few, thing)).toBe(thing);
  expect(without(few, { name: 'b' })).toBe(thing);
  expect(without(few, thing)).toBeNull();
});

test('it holds what was added and not removed, once and in order', () => {
  const things = ['a', 'b', 'c', 'd'].map((name): Thing => ({ name }));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.boolean())), (steps) => {
      const model = new Set<Thing>();
      let few: Few<Thing> = null;
      for (const [i, add] of steps) {
        const thing = things[i]!;
        few = add ? withOne<Thing>(few, thing) : without<Thing>(few, thing);
        if (add) model.add(thing);
        else model.delete(thing);
      }
      expect(listOf(few)).toEqual([...model]);
    }),
  );
});
