import {
  ThreadPoolExecutor,
  ProcessPoolExecutor,
  type Future,
} from 'multiprocessing-ts/sync/concurrent/futures';
import { os, print, range, time } from 'multiprocessing-ts/sync/builtins';

const pool = new ThreadPoolExecutor(5);

// const pool = new ProcessPoolExecutor();
function task(n: number) {
  print(n, os.getpid());
  time.sleep(2);
  return n ** 2;
}

function call_back(n: Future<number>) {
  print('拿到了异步提交任务的返回结果:', n.result());
}

function main() {
  for (const i of range(10)) {
    const res = pool.submit(task, i).add_done_callback(call_back);
  }
}

if (require.main === module) main();
