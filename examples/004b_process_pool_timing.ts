import { setTimeout } from 'node:timers/promises';
import { ProcessPoolExecutor, type Future } from 'multiprocessing-ts/concurrent/futures';
import { os, print, range, time } from 'multiprocessing-ts/builtins';

function task() {
  print(`${os.getpid()} running...`);
  time.sleep(5);
  return 100;
}

async function parse(future_obj: Future<number>) {
  await setTimeout(1000);
}

async function main() {
  const pool = new ProcessPoolExecutor(4);
  const start = time.time();
  for (const i of range(1, 5)) {
    const future_obj = pool.submit(task);
    future_obj.add_done_callback(parse);
  }
  await pool.shutdown({ wait: true });
  const stop = time.time();
  print(`用时：${stop - start}`); // 9.035999059677124
}

if (require.main === module) void main();
