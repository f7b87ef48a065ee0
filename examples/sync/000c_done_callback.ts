import { print, random, time } from 'multiprocessing-ts/sync/builtins';
import { ThreadPoolExecutor, type Future } from 'multiprocessing-ts/sync/concurrent/futures';

function task(name: string) {
  print(`${name} is doing `);
  time.sleep(random.randint(1, 3));

  const ret = '#'.repeat(random.randint(4, 6));
  return { name, ret };
}

function callback(future: Future<{ name: string; ret: string }>) {
  const d = future.result();
  const { name, ret: size } = d;
  print(`at last, name: ${name}, size: ${size}`);
}

function main() {
  const pool = new ThreadPoolExecutor(13);

  pool.submit(task, 'linda').add_done_callback(callback);
  pool.submit(task, 'tom').add_done_callback(callback);
  pool.submit(task, 'catherine').add_done_callback(callback);
}

if (require.main === module) main();
