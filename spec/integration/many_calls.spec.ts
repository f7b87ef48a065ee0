import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'multiprocessing-ts';
import { WorkerLostError, type AsyncResult } from 'multiprocessing-ts/pool';
import { killInLongCalls } from '../support/long_calls';
import { inDirectory, inTime, run, testOnLinux } from '../support/processes';

/*
 * Workers that have had many calls keep their claims and their journal in shared memory: see lib/engine/ledger.ts. What
 * is promised of others (deaths.spec.ts) is promised of them.
 */
let pool: Pool;

afterEach(async () => {
  await pool.terminate();
});

/** Where a worker keeps its claims. */
const isSharing = (): boolean =>
  Object.keys(require.cache).some((file) => file.endsWith('process_memory.js'));

/** Gives it so much to do that all its workers share their claims with this process. */
async function warm(size: number): Promise<void> {
  const more = async (): Promise<void> => {
    await Promise.all(Array.from({ length: 5_000 }, () => pool.apply_async(isSharing).get()));
  };
  const sharing = async (): Promise<boolean> =>
    (await pool.map(isSharing, new Array<null>(size * 20).fill(null), 1)).every(Boolean);
  do await more();
  while (!(await sharing()));
  // They have been told so with the next call.
  await more();
}

async function lost(promise: Promise<unknown>): Promise<void> {
  await expect(inTime(promise, 'the call')).rejects.toBeInstanceOf(WorkerLostError);
}

testOnLinux('a worker keeps its claims in files until it has had many calls', async () => {
  pool = new Pool(1);
  expect(await pool.apply(isSharing)).toBe(false);
  await warm(1);
  expect(await pool.apply(isSharing)).toBe(true);
});

testOnLinux(
  'only the tasks that were running are lost, whenever their workers die, and all others run once',
  async () => {
    await inDirectory(async (directory) => {
      pool = new Pool(2);
      const file = join(directory, 'ran');
      writeFileSync(file, '');
      const count = 50_000;
      // Before, about and after the moment when they share.
      const victims = [100, 8_100, 16_300, 16_500, 17_000, 33_000, 36_000];
      const task = (n: number): number => {
        appendFileSync(file, `${n}\n`);
        if (victims.includes(n)) {
          process.kill(process.pid, 'SIGKILL');
          for (;;);
        }
        return n;
      };
      const results = Array.from({ length: count }, (_, i) => pool.apply_async(task, [i]));
      const settled = await inTime(Promise.allSettled(results.map((result) => result.get())), 'the calls');
      expect(settled.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual(victims);
      const ran = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      expect(ran.sort((a, b) => a - b)).toEqual(results.map((_, i) => i));
    });
  },
);

testOnLinux('results that the dead worker had finished and not sent yet arrive', async () => {
  pool = new Pool(1);
  await warm(1);
  const task = (n: number): number => {
    if (n === 300) {
      process.kill(process.pid, 'SIGKILL');
      for (;;);
    }
    return n * 2;
  };
  await Promise.all(Array.from({ length: 200 }, () => pool.apply(task, [1])));
  const results = Array.from({ length: 301 }, (_, i) => pool.apply_async(task, [i]));
  await lost((results[300] as AsyncResult<number>).get());
  expect(results.slice(0, 300).map((result) => result.ready())).toEqual(new Array(300).fill(true));
  expect(await (results[299] as AsyncResult<number>).get()).toBe(598);
});

testOnLinux('what a worker has finished is known while it is in a long call', async () => {
  await inDirectory(async (directory) => {
    pool = new Pool(1);
    await warm(1);
    const gate = join(directory, 'gate');
    const task = (n: number): number => {
      const { existsSync } = require('node:fs') as typeof import('node:fs');
      while (n === 300 && !existsSync(gate));
      return n;
    };
    await Promise.all(Array.from({ length: 200 }, () => pool.apply(task, [1])));
    const results = Array.from({ length: 301 }, (_, i) => pool.apply_async(task, [i]));
    await inTime(Promise.all(results.slice(0, 300).map((result) => result.get())), 'the calls before it');
    expect((results[300] as AsyncResult<number>).ready()).toBe(false);
    writeFileSync(gate, '');
    expect(await inTime((results[300] as AsyncResult<number>).get(), 'the long call')).toBe(300);
  });
});

testOnLinux('what waits in a worker that is killed in a long call runs elsewhere, once', async () => {
  pool = new Pool(2);
  await warm(2);
  const { errors, values, ran } = await killInLongCalls(pool);
  for (const error of errors) expect(error).toBeInstanceOf(WorkerLostError);
  expect(errors).toHaveLength(2);
  expect(values).toEqual(Array.from({ length: 100 }, (_, i) => i + 2));
  expect(ran).toEqual(Array.from({ length: 102 }, (_, i) => i));
});

test('a process that may not load native code goes on with files', async () => {
  pool = new Pool(1);
  const { code, stdout, stderr } = await run('many_calls.cjs', { flags: ['--no-addons'] });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '30000 449985000 false\n', stderr: '' });
});
