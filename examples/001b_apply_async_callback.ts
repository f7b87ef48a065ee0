import { appendFileSync } from 'node:fs';
import * as multiprocessing from 'multiprocessing-ts';
import { range, str } from 'multiprocessing-ts/builtins';

function callback(result: number) {
  appendFileSync('result.txt', str(result) + '\n', { encoding: 'utf-8' });
}

function run(num: number) {
  return num * num;
}

async function main() {
  const pool = new multiprocessing.Pool(6);
  for (const i of range(1000)) {
    pool.apply_async(run, { args: [i], callback });
  }

  pool.close();
  await pool.join();
}

if (require.main === module) void main();
