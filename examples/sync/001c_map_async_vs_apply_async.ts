import * as multiprocessing from 'multiprocessing-ts/sync';
import { len, print, range, sum, time } from 'multiprocessing-ts/sync/builtins';

function run(a: number) {
  return a * a;
}

let data: number[] = [];

function my_callback(result: number) {
  data.push(result);
}

function main() {
  const st = time.time();
  const pool = new multiprocessing.Pool(6);

  if (process.argv[2] === 'apply_async') {
    for (const i of range(20000)) {
      pool.apply_async(run, { args: [i], callback: my_callback });
    }
  } else {
    const future = pool.map_async(run, range(20000));
    data = future.get();
  }

  pool.close();
  pool.join();
  print(len(data), sum(data));
  print(`总耗时:${time.time() - st}`);
}

if (require.main === module) main();
