import { allCases } from './cases/index';
import { MiniPool, type CasePool, type MakePool } from './mini_pool';

/** Runs all cases and prints what fails: for environments that have no test runner. */
export async function runCases(only?: string): Promise<{ passed: number; failed: string[] }> {
  const pools: MiniPool[] = [];
  const make: MakePool = (options) => {
    const pool = new MiniPool(options);
    pools.push(pool);
    return pool;
  };
  let shared: CasePool = make();
  let passed = 0;
  const failed: string[] = [];
  for (const { id, name, run } of allCases) {
    if (only !== undefined && id !== only) continue;
    try {
      if (process.env['MP_VERBOSE']) console.log(id);
      await withDeadline(run(shared, make));
      passed++;
    } catch (error) {
      failed.push(`${id} ${name}: ${String((error as Error)?.stack ?? error)}`);
      shared = make();
    }
  }
  for (const pool of pools) pool.close();
  return { passed, failed };
}

async function withDeadline(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in 5 s')), 5000);
  });
  try {
    await Promise.race([running, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
