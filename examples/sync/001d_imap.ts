import * as multiprocessing from 'multiprocessing-ts/sync';
import { print, range, time } from 'multiprocessing-ts/sync/builtins';

function run(a: number) {
  return a * a;
}

function main() {
  const st = time.time();
  const pool = new multiprocessing.Pool(6);

  const future = pool.imap(run, range(20000));
  print(future);
  for (const i of future) {
    print(i);
  }

  pool.close();
  pool.join();
  print(`总耗时:${time.time() - st}`);
}

if (require.main === module) main();
