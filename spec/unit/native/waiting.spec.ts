import fc from 'fast-check';
import { arena, Block } from '../../../lib/native/arena';
import { Slot } from '../../../lib/native/layout';
import { bucketOf } from '../../../lib/native/waiting';

/*
 * In one thread; between processes and threads: spec/integration/native/waiting.spec.ts.
 */
const isSet = (block: Block) => (): boolean => Atomics.load(block.words, 0) === 1;

describe('waiting', () => {
  test('ends when it is notified of the change', async () => {
    const block = Block.make(64);
    const waiting = block.wait(isSet(block), 45);
    block.words[0] = 1;
    block.notify();
    expect(await waiting).toBe(true);
  });

  test('needs no notification if it is there already', async () => {
    const block = Block.make(64);
    block.words[0] = 1;
    expect(await block.wait(isSet(block), 0)).toBe(true);
    expect(block.waitSync(isSet(block), 0)).toBe(true);
  });

  test('goes on by itself when whoever should notify has died before', async () => {
    const block = Block.make(64);
    const waiting = block.wait(isSet(block), 45);
    block.words[0] = 1;
    expect(await waiting).toBe(true);
  });

  test('hears the next ring although who rang before was killed in the middle of it', async () => {
    const { slots } = arena();
    const block = Block.make(64);
    const waiting = block.wait(isSet(block), 45);
    // Marked as rung, but no byte was written.
    slots.store(slots.id, Slot.Rung, 1);
    // It looks by itself, and then can be rung again.
    while (slots.load(slots.id, Slot.Rung) !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
    block.words[0] = 1;
    block.notify();
    expect(await waiting).toBe(true);
  });

  test.each([0, -1, 0.03])('for %f seconds ends with false, in time and not before', async (seconds) => {
    const block = Block.make(64);
    for (const wait of [
      () => block.wait(isSet(block), seconds),
      () => Promise.resolve(block.waitSync(isSet(block), seconds)),
    ]) {
      const begin = performance.now();
      expect(await wait()).toBe(false);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(Math.max(0, seconds * 1000 - 2));
    }
  });

  test('rejects with what the attempt throws, and then waits no more', async () => {
    const block = Block.make(64);
    let tries = 0;
    const waiting = block.wait(() => {
      if (++tries > 202) throw new RangeError('enough');
      return false;
    }, 45);
    await expect(waiting).rejects.toThrow(new RangeError('enough'));
    block.notify();
    await Promise.resolve();
    expect(tries).toBe(203);
    expect(() =>
      block.waitSync(() => {
        throw new RangeError('sync');
      }, 1),
    ).toThrow('sync');
  });

  test('hundreds wait for what lies in the same and in other buckets', async () => {
    const blocks = Array.from({ length: 600 }, () => Block.make(64));
    expect(new Set(blocks.map(({ offset }) => bucketOf(offset))).size).toBeLessThan(600);
    const order: number[] = [];
    const all = blocks.map((block, i) =>
      block.wait(isSet(block), 45).then((came) => {
        order.push(i);
        return came;
      }),
    );
    for (const block of [...blocks].reverse()) {
      block.words[0] = 1;
      block.notify();
    }
    expect(await Promise.all(all)).toEqual(Array(600).fill(true));
    expect(order).toHaveLength(600);
    // Nobody is left in any bucket.
    expect(arena().slots.buckets.every((word) => word === 0)).toBe(true);
  });

  test('whatever the order of events is, everybody hears of what concerns them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ target: fc.integer({ min: 1, max: 20 }), delay: fc.nat(3) }), { maxLength: 15 }),
        fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }),
        async (waiters, pauses) => {
          const block = Block.make(64);
          const pause = (turns: number): Promise<void> =>
            turns === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, turns - 1));
          const all = waiters.map(async ({ target, delay }) => {
            await pause(delay);
            return await block.wait(() => Atomics.load(block.words, 0) >= target, 45);
          });
          for (const turns of pauses) {
            Atomics.add(block.words, 0, 1);
            block.notify();
            await pause(turns);
          }
          expect(await Promise.all(all)).toEqual(waiters.map(() => true));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('keeps the event loop free', async () => {
    const block = Block.make(64);
    const waiting = block.wait(isSet(block), 45);
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    while (turns < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    clearInterval(count);
    block.words[0] = 1;
    block.notify();
    expect(await waiting).toBe(true);
  });
});
