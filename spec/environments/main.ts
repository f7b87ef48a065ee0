import { Pool } from 'multiprocessing-ts';
import { allCases } from '../functions/cases/index';
import { poolsOf } from '../functions/real_pool';

/** Runs all cases, where there is no test runner; prints one JSON line at the end. */
export async function main(only?: string): Promise<void> {
  const { make, end } = poolsOf(Pool);
  let shared = make();
  let passed = 0;
  const failed: string[] = [];
  for (const { id, name, run } of allCases) {
    if (only !== undefined && id !== only) continue;
    try {
      await withDeadline(run(shared, make));
      passed++;
    } catch (error) {
      failed.push(
        `${id} ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      shared = make();
    }
  }
  await end();
  console.log(`RESULT ${JSON.stringify({ passed, failed })}`);
}

async function withDeadline(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer in 10 s'));
    }, 10_000);
  });
  try {
    await Promise.race([running, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
