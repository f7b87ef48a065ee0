import fc from 'fast-check';
import { arena, Block } from '../../../lib/native/arena';
import { Line, Place } from '../../../lib/synchronize/line';

/** A line of its own, with who waits in it. */
function made(): { line: Line; join: () => Place } {
  const line = new Line(Block.make(64).words, 1);
  return {
    line,
    join: () => {
      const place = Place.make();
      line.join(place);
      return place;
    },
  };
}

const TOKEN = 1;
/** As if whoever stands there had died. */
const die = (place: Place): void => {
  Atomics.store(place.words, TOKEN, 9 * 1024 + 1000);
};

describe('a line', () => {
  test('tells in the order of coming, whatever came between', () => {
    const actions = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant({ kind: 'join' as const, n: 0 }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), n: fc.nat(20) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), n: fc.nat(20) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('tell' as const), n: fc.nat(4) }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'mend' as const, n: 0 }) },
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(actions, (list) => {
        const { line, join } = made();
        /** Who should be in it. */
        const model: { place: Place; dead: boolean }[] = [];
        for (const { kind, n } of list) {
          const who = model.length > 0 ? n % model.length : null;
          if (kind === 'join') model.push({ place: join(), dead: false });
          else if (kind === 'mend') line.mend();
          else if (kind === 'tell') {
            const told: Place[] = [];
            while (model.length > 0 && told.length < n) {
              const next = model.shift()!;
              if (!next.dead) told.push(next.place);
            }
            expect(line.tell(n, 3)).toHaveLength(told.length);
            expect(told.map((place) => place.told)).toEqual(told.map(() => 3));
            for (const place of told) place.free();
          } else if (who !== null && kind === 'leave') {
            const [{ place, dead }] = model.splice(who, 1) as [{ place: Place; dead: boolean }];
            line.leave(place);
            if (!dead) expect(place.told).toBe(0);
            place.free();
          } else if (who !== null) {
            die(model[who]!.place);
            model[who]!.dead = true;
          }
          expect(line.length).toBe(model.length);
        }
        line.tellAll(1);
        expect(line.length).toBe(0);
        for (const { place } of model) place.free();
      }),
      { numRuns: 200 },
    );
  });

  test('after a death between two steps, whoever was told is out, and whoever was not is in', () => {
    const { line, join } = made();
    const [first, second, third] = [join(), join(), join()];
    // Told, and not yet taken out.
    Atomics.store(first.words, 2, 1);
    Atomics.store(third.words, 2, 1);
    line.mend();
    expect(line.length).toBe(1);
    const fourth = join();
    expect(line.tell(5, 2)).toHaveLength(2);
    expect([first, second, third, fourth].map((place) => place.told)).toEqual([1, 2, 1, 2]);
  });

  test('knows who came last', () => {
    const { line, join } = made();
    expect(line.last).toBe(0);
    join();
    expect(line.last).toBe(arena().slots.token);
  });
});
