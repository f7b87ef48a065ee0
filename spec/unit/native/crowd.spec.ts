import { spawnSync } from 'node:child_process';
import { arena, Block } from '../../../lib/native/arena';
import { Crowd, CROWD_WORDS } from '../../../lib/native/crowd';
import { Slot, SLOTS } from '../../../lib/native/layout';

/*
 * In one thread, where all that wait have one entry; between processes and threads: spec/integration/native.spec.ts.
 */
const ITEMS = 0;
const FIRST = 1;

function make(): { block: Block; crowd: Crowd; take: () => boolean; put: () => void } {
  const block = Block.make((FIRST + CROWD_WORDS) * 4);
  const crowd = new Crowd(block.words, FIRST, block.offset);
  return {
    block,
    crowd,
    take: () => {
      for (let items = Atomics.load(block.words, ITEMS); items > 0;) {
        const found = Atomics.compareExchange(block.words, ITEMS, items, items - 1);
        if (found === items) return true;
        items = found;
      }
      return false;
    },
    put: () => {
      Atomics.add(block.words, ITEMS, 1);
      crowd.notifyOne();
    },
  };
}

describe('a crowd', () => {
  test('of many in one thread takes what comes, in the order in which they came', async () => {
    const { crowd, take, put } = make();
    const order: number[] = [];
    const all = Array.from({ length: 50 }, (_, i) =>
      crowd.wait(take, 45).then((got) => {
        order.push(i);
        return got;
      }),
    );
    for (let i = 0; i < 50; i++) put();
    expect(await Promise.all(all)).toEqual(Array(50).fill(true));
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('leaves nothing behind when all have gone, with or without what they wanted', async () => {
    const { block, crowd, take, put } = make();
    const [came, late] = [crowd.wait(take, 45), crowd.wait(take, 0.01)];
    expect(crowd.waitSync(take, 0.01)).toBe(false);
    expect(await late).toBe(false);
    put();
    expect(await came).toBe(true);
    expect([...block.words].every((word) => word === 0)).toBe(true);
  });

  test('does not ring the dead: their entries are free then', async () => {
    const { block, crowd, take, put } = make();
    const { slots } = arena();
    const token = 7 * SLOTS + 901;
    slots.store(901, Slot.Tid, spawnSync(process.execPath, ['-e', '']).pid);
    slots.store(901, Slot.Token, token);
    slots.store(901, Slot.Rung, 0);
    slots.store(901, Slot.Asleep, 1);
    // Two who waited: one whose slot is free already, one who was killed in its sleep and of whom nobody knows yet.
    block.words[FIRST] = 0b11;
    block.words[FIRST + 2] = 7 * SLOTS + 902;
    block.words[FIRST + 3] = token;
    const waiting = crowd.wait(take, 45);
    let isThrough = false;
    void waiting.then(() => (isThrough = true));
    put();
    await new Promise((resolve) => setImmediate(resolve));
    // It was rung, and did not look by itself: for that it would wait for a timer.
    expect(isThrough).toBe(true);
    expect(await waiting).toBe(true);
    expect([slots.load(901, Slot.Token), block.words[FIRST]]).toEqual([0, 0]);
  });

  test('that is larger than its entries is rung all the same', async () => {
    const { block, crowd, take, put } = make();
    const taken = Array(30).fill(arena().slots.token) as number[];
    block.words[FIRST] = 2 ** 30 - 1;
    block.words.set(taken, FIRST + 2);
    const waiting = crowd.wait(take, 45);
    expect(block.words[FIRST + 1]).toBe(1);
    put();
    expect(await waiting).toBe(true);
    expect(block.words[FIRST + 1]).toBe(0);
  });
});
