import { ThreadPoolExecutor, type Future } from 'multiprocessing-ts/sync/concurrent/futures';
import { os, print, range, time } from 'multiprocessing-ts/sync/builtins';

function task(i: number) {
  print(`${os.getpid()} running...`);
  time.sleep(i);
  return 100;
}

function parse(future_obj: Future<number>) {
  time.sleep(1);
}

function main() {
  const pool = new ThreadPoolExecutor(4);
  const start = time.time();
  for (const i of range(1, 5)) {
    const future_obj = pool.submit(task, i);
    future_obj.add_done_callback(parse);
  }
  pool.shutdown({ wait: true });
  const stop = time.time();
  print(`用时：${stop - start}`);
}

if (require.main === module) main();
