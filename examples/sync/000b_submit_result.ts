import { print, random, time } from 'multiprocessing-ts/sync/builtins';
import { ThreadPoolExecutor } from 'multiprocessing-ts/sync/concurrent/futures';

function task(name: string) {
  print(`name: ${name}`);
  time.sleep(random.randint(1, 3));
  const ret = '#'.repeat(random.randint(4, 6));
  return { name, ret };
}

function callback(d: { name: string; ret: string }) {
  const { name, ret: size } = d;
  print(`name: ${name}, size: ${size}`);
}

function main() {
  const pool = new ThreadPoolExecutor(13);

  const ret1 = pool.submit(task, 'linda').result();
  callback(ret1);
  const ret2 = pool.submit(task, 'tom').result();
  callback(ret2);
  const ret3 = pool.submit(task, 'catherine').result();
  callback(ret3);
}

if (require.main === module) main();
