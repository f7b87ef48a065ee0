import { appendFileSync } from 'node:fs';
import * as multiprocessing from 'multiprocessing-ts/sync';
import { range, str } from 'multiprocessing-ts/sync/builtins';

function callback(result: number) {
  appendFileSync('result.txt', str(result) + '\n', { encoding: 'utf-8' });
}

function run(num: number) {
  return num * num;
}

function main() {
  const pool = new multiprocessing.Pool(6);
  for (const i of range(1000)) {
    pool.apply_async(run, { args: [i], callback });
  }

  pool.close();
  pool.join();
}

if (require.main === module) main();
