import * as multiprocessing from 'multiprocessing-ts/sync';
import { print, range } from 'multiprocessing-ts/sync/builtins';
import type { QueueProxy } from 'multiprocessing-ts/sync/managers';

function write(name: number, que: QueueProxy<string>) {
  que.put(`${name} is done`);
  print(`${name} write done!`);
}

function read(que: QueueProxy<string>) {
  while (!que.empty()) {
    const val = que.get(true);
    print('read===>: ', val);
  }
}

function main() {
  const pool = new multiprocessing.Pool({ processes: 3 });
  const m = multiprocessing.Manager();
  const q = m.Queue<string>();

  for (const i of range(20)) {
    pool.apply_async(write, [i, q]);
  }

  const p1 = new multiprocessing.Process({ target: read, args: [q] });
  p1.start();
  p1.join();

  pool.close();
  pool.join();
}

if (require.main === module) main();
