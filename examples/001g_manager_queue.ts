import * as multiprocessing from 'multiprocessing-ts';
import { print, range } from 'multiprocessing-ts/builtins';
import type { QueueProxy } from 'multiprocessing-ts/managers';

async function write(name: number, que: QueueProxy<string>) {
  await que.put(`${name} is done`);
  print(`${name} write done!`);
}

async function read(que: QueueProxy<string>) {
  while (!(await que.empty())) {
    const val = await que.get(true);
    print('read===>: ', val);
  }
}

async function main() {
  const pool = new multiprocessing.Pool({ processes: 3 });
  const m = await multiprocessing.Manager();
  const q = await m.Queue<string>();

  for (const i of range(20)) {
    pool.apply_async(write, [i, q]);
  }

  const p1 = new multiprocessing.Process({ target: read, args: [q] });
  p1.start();
  await p1.join();

  pool.close();
  await pool.join();
}

if (require.main === module) void main();
