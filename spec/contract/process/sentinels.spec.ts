import { get_context } from 'multiprocessing-ts';
import { open, pass, scratch, soon } from '../support';
import { killAll } from './support';

// What `multiprocessing-ts/connection` waits with: no door of its own.

const sentinels =
  require('../../../dist/lib/process/sentinels.js') as typeof import('../../../lib/process/sentinels');
const { Process } = get_context('spawn');
const path = scratch();
afterEach(killAll);

describe('a sentinel', () => {
  test('test_sentinel: stands for the end of its process', async () => {
    const gate = path('gate');
    const p = new Process({ target: () => pass(gate) });
    expect(() => p.sentinel).toThrow('process not started');
    p.start();
    const ending = sentinels.endingOf(p.sentinel)!;
    expect(ending.ended).toBe(false);
    expect(await sentinels.whenEnded(ending, 0)).toBe(false);
    expect(await sentinels.whenEnded(ending, 0.01)).toBe(false);
    open(gate);
    expect(await soon(sentinels.whenEnded(ending, null))).toBe(true);
    expect(p.exitcode).toBe(0);
    expect(await sentinels.whenEnded(ending, 0)).toBe(true);
  });

  test('tells all who watch, and nobody who has given up', async () => {
    const gate = path('gate');
    const p = new Process({ target: () => pass(gate) });
    p.start();
    const ending = sentinels.endingOf(p.sentinel)!;
    const told: string[] = [];
    const notify = (name: string) => () => told.push(name);
    ending.watch(notify('a'));
    ending.watch(notify('b'))();
    const same = notify('c');
    ending.watch(same);
    ending.watch(same);
    open(gate);
    await p.join();
    await soon(new Promise<void>((resolve) => void ending.watch(resolve)));
    expect(told).toEqual(['a', 'c', 'c']);
    ending.watch(notify('late'))();
    await Promise.resolve();
    expect(told).toHaveLength(3);
  });

  test('stands for nothing once the process is closed, and never for a number of somebody else', async () => {
    const p = new Process();
    p.start();
    await p.join();
    const { sentinel } = p;
    expect(sentinels.endingOf(sentinel)?.ended).toBe(true);
    p.close();
    expect(sentinels.endingOf(sentinel)).toBeNull();
    expect(sentinels.endingOf(3)).toBeNull();
  });
});
