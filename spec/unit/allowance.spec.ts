import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Allowance } from '../../lib/util/allowance';
import { testOnLinux } from '../support/processes';

let child: ChildProcess | null = null;

afterEach(async () => {
  if (child === null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  child = null;
});

/** A program of node, and where the system tells of it. */
function run(code: string): string {
  child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  return `/proc/${child.pid as number}`;
}

/** What the system says a program does: see proc(5). */
async function isInState(place: string, state: string): Promise<void> {
  while (!readFileSync(`${place}/stat`, 'latin1').includes(`) ${state} `)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const printed = async (): Promise<unknown> => once(child?.stdout as NodeJS.ReadableStream, 'data');

describe('the time that is given to somebody else', () => {
  test('is spent in steps, however long each has taken, where nobody tells what it does', () => {
    const allowance = new Allowance(30, null);
    const spent = [10, 10, 10].map((step) => allowance.spend(step));
    expect(spent).toEqual([true, true, false]);
  });

  testOnLinux('is spent by one that sleeps', async () => {
    const place = run(`console.log(''); setTimeout(() => {}, 2 ** 30)`);
    await printed();
    await isInState(place, 'S');
    const allowance = new Allowance(30, place);
    expect([10, 10, 10].map((step) => allowance.spend(step))).toEqual([true, true, false]);
  });

  testOnLinux(
    'is not spent by one that is stopped, but up to ten times that; it is if that was told to end',
    async () => {
      const place = run(`console.log(''); setTimeout(() => {}, 2 ** 30)`);
      await printed();
      child?.kill('SIGSTOP');
      await isInState(place, 'T');
      const allowance = new Allowance(30, place);
      const spent = Array.from({ length: 30 }, () => allowance.spend(10));
      expect(spent.indexOf(false)).toBe(29);
      const toEnd = new Allowance(30, place, true);
      expect([10, 10, 10].map((step) => toEnd.spend(step))).toEqual([true, true, false]);
    },
  );

  testOnLinux('is spent by one that computes, as far as it gets a processor', async () => {
    const place = run(`console.log(''); for (;;);`);
    await printed();
    await isInState(place, 'R');
    // It has not had a minute of it by then.
    expect(new Allowance(60_000, place).spend(60_000)).toBe(true);
    const allowance = new Allowance(50, place);
    let steps = 1;
    while (allowance.spend(1)) {
      steps++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(steps).toBeGreaterThanOrEqual(50);
    expect(steps).toBeLessThanOrEqual(500);
  });

  testOnLinux('is spent by one that is gone', async () => {
    const place = run('');
    await once(child as ChildProcess, 'exit');
    child = null;
    expect(new Allowance(10, place).spend(10)).toBe(false);
  });
});
