import { os, print, random, range, time } from 'multiprocessing-ts/sync/builtins';
import { ProcessPoolExecutor, ThreadPoolExecutor } from 'multiprocessing-ts/sync/concurrent/futures';

function task(name: string) {
  print(`name: ${name}, pid: ${os.getpid()} is running`);
  time.sleep(random.randint(1, 3));
}

function main() {
  const pool = new ProcessPoolExecutor(4);
  // const pool = new ThreadPoolExecutor(4);
  for (const i of range(10)) {
    pool.submit(task, `linda${i}`);
  }

  // pool.shutdown({ wait: true });

  print('主...');
}

if (require.main === module) main();
