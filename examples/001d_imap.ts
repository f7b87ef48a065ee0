import * as multiprocessing from 'multiprocessing-ts';
import { print, range, time } from 'multiprocessing-ts/builtins';

function run(a: number) {
  return a * a;
}

async function main() {
  const st = time.time();
  const pool = new multiprocessing.Pool(6);

  const future = pool.imap(run, range(20000));
  print(future);
  for await (const i of future) {
    print(i);
  }

  pool.close();
  await pool.join();
  print(`总耗时:${time.time() - st}`);
}

if (require.main === module) void main();
