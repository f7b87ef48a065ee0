import { spawnSync } from 'node:child_process';
import { arena, Block } from '../../../lib/native/arena';
import { Slot, SLOTS } from '../../../lib/native/layout';
import { SystemLives } from '../../../lib/native/system_lives';

/*
 * What the word of the lock says. Threads and processes that want it at once: spec/integration/native.spec.ts.
 */
const AWAITED = 1 << 30;

/** The token of somebody who holds a lock: of a process that has ended, or of one that lives. */
function tokenOf(tid: number): number {
  const { slots } = arena();
  const id = 900;
  const token = 7 * SLOTS + id;
  slots.store(id, Slot.Tid, tid);
  slots.store(id, Slot.Start, new SystemLives().startOf(tid) ?? 1);
  slots.store(id, Slot.Token, token);
  return token;
}

const dead = (): number => tokenOf(spawnSync(process.execPath, ['-e', '']).pid);

afterEach(() => {
  arena().slots.store(900, Slot.Token, 0);
});

describe('a spin lock', () => {
  test('names who is inside, and nobody afterwards', () => {
    const block = Block.make(64);
    const lock = block.spinLock(0);
    expect(lock.enter()).toBe(false);
    expect(block.words[0]).toBe(arena().slots.token);
    lock.leave();
    expect(block.words[0]).toBe(0);
  });

  test.each([
    { what: 'nobody waited', bits: 0 },
    { what: 'others waited', bits: AWAITED },
  ])('whose owner has died ($what) is entered by the next one, who is told', ({ bits }) => {
    const block = Block.make(64);
    block.words[0] = dead() | bits;
    const lock = block.spinLock(0);
    expect(lock.enter()).toBe(true);
    // Others may sleep: they are woken when it leaves.
    expect(block.words[0]).toBe(arena().slots.token | AWAITED);
    lock.leave();
    expect(block.words[0]).toBe(0);
    expect(lock.enter()).toBe(false);
    lock.leave();
  });

  test('no token looks as if somebody waited', () => {
    const largest = ((1 << 20) - 1) * SLOTS + SLOTS - 1;
    expect(largest).toBeLessThan(AWAITED);
  });
});
