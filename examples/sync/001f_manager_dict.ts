import * as multiprocessing from 'multiprocessing-ts/sync';
import { dict, print, range } from 'multiprocessing-ts/sync/builtins';
import type { DictProxy } from 'multiprocessing-ts/sync/managers';

function run(d: DictProxy<number, number>, k: number, v: number) {
  d[k] = v;
}

function main() {
  const pool = new multiprocessing.Pool(6);
  const manager = multiprocessing.Manager();

  const dd = manager.dict<number, number>();

  for (const i of range(20)) {
    pool.apply_async(run, { args: [dd, i, i * i] });
  }

  pool.close();
  pool.join();

  print(dict(dd));
}

if (require.main === module) main();
