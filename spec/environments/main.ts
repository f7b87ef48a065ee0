import { Pool } from 'multiprocessing-ts';
import { allCases } from '../functions/cases/index';
import { poolsOf } from '../functions/real_pool';
import { allDoors } from './doors/index';

interface Tally {
  passed: number;
  readonly failed: string[];
}

/** Runs all cases and doors, where there is no test runner; prints one JSON line at the end. */
export async function main(only?: string): Promise<void> {
  const { make, end } = poolsOf(Pool);
  let shared = make();
  const cases: Tally = { passed: 0, failed: [] };
  for (const each of allCases) {
    if (only !== undefined && each.id !== only) continue;
    if (!(await passes(each, () => each.run(shared, make), cases))) shared = make();
  }
  await end();
  const doors: Tally = { passed: 0, failed: [] };
  for (const each of allDoors) {
    if (only !== undefined && each.id !== only) continue;
    // A call that blocks for ever can be seen from outside only.
    console.error(`at ${each.id} ${each.name}`);
    await passes(each, () => each.run(), doors);
  }
  console.log(`RESULT ${JSON.stringify({ ...cases, doors })}`);
}

async function passes(
  { id, name }: { readonly id: string; readonly name: string },
  run: () => void | Promise<void>,
  tally: Tally,
): Promise<boolean> {
  try {
    await withDeadline(run());
    tally.passed++;
    return true;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.failed.push(`${id} ${name}: ${text}`);
    return false;
  }
}

async function withDeadline(running: void | Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer in 30 s'));
    }, 30_000);
  });
  try {
    await Promise.race([running, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
