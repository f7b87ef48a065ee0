import * as multiprocessing from 'multiprocessing-ts';
import { print, range } from 'multiprocessing-ts/builtins';
import type { DictProxy } from 'multiprocessing-ts/managers';

async function run(d: DictProxy<number, number>, k: number, v: number) {
  await d.set(k, v);
}

async function main() {
  const pool = new multiprocessing.Pool(6);
  const manager = await multiprocessing.Manager();

  const dd = await manager.dict<number, number>();

  for (const i of range(20)) {
    pool.apply_async(run, { args: [dd, i, i * i] });
  }

  pool.close();
  await pool.join();

  print(await dd.copy());
}

if (require.main === module) void main();
