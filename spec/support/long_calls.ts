import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'multiprocessing-ts';
import { inDirectory, inTime, kill, until } from './processes';

/** What became of the calls of a pool of two whose workers were killed from outside. */
export interface Killed {
  /** What the two calls that never end have rejected with. */
  readonly errors: readonly unknown[];
  /** What the hundred behind them gave: they are numbered from 2 on. */
  readonly values: readonly number[];
  /** The numbers of the calls that were started, each as often as it was. */
  readonly ran: readonly number[];
}

/** Kills both workers of a pool while each is in a call that never ends, with a hundred short ones behind these. */
export async function killInLongCalls(pool: Pool): Promise<Killed> {
  return inDirectory(async (directory) => {
    const file = join(directory, 'ran');
    const task = (path: string, n: number, endless: boolean): number => {
      const { appendFileSync } = require('node:fs') as typeof import('node:fs');
      if (path !== '') appendFileSync(path, `${n} ${process.pid}\n`);
      while (endless);
      return n;
    };
    // Known to be fast: many are sent to one worker at once.
    await Promise.all(Array.from({ length: 500 }, (_, i) => pool.apply(task, ['', i, false])));
    const endless = [pool.apply_async(task, [file, 0, true]), pool.apply_async(task, [file, 1, true])];
    const others = Array.from({ length: 100 }, (_, i) => pool.apply_async(task, [file, i + 2, false]));
    const started = (): string[] => {
      try {
        return readFileSync(file, 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    };
    await until(() => started().length === 2, 'both endless calls have started');
    for (const line of started()) kill(Number(line.split(' ')[1]), 'SIGKILL');
    const ends = await inTime(Promise.allSettled(endless.map((each) => each.get())), 'the long calls');
    const values = await inTime(Promise.all(others.map((each) => each.get())), 'the others');
    return {
      errors: ends.map((end) => (end.status === 'rejected' ? (end.reason as unknown) : null)),
      values,
      ran: started()
        .map((line) => Number(line.split(' ')[0]))
        .sort((a, b) => a - b),
    };
  });
}
