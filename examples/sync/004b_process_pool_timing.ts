import { ProcessPoolExecutor, type Future } from 'multiprocessing-ts/sync/concurrent/futures';
import { os, print, range, time } from 'multiprocessing-ts/sync/builtins';

function task() {
  print(`${os.getpid()} running...`);
  time.sleep(5);
  return 100;
}

function parse(future_obj: Future<number>) {
  time.sleep(1);
}

function main() {
  const pool = new ProcessPoolExecutor(4);
  const start = time.time();
  for (const i of range(1, 5)) {
    const future_obj = pool.submit(task);
    future_obj.add_done_callback(parse);
  }
  pool.shutdown({ wait: true });
  const stop = time.time();
  print(`用时：${stop - start}`); // 9.035999059677124
}

if (require.main === module) main();
