import { Manager, Pool } from 'multiprocessing-ts';
import { os, print, range } from 'multiprocessing-ts/builtins';
import type { QueueProxy } from 'multiprocessing-ts/managers';
import { setTimeout as sleep } from 'node:timers/promises';

async function reader(q: QueueProxy<string>) {
  print(`reader启动(${os.getpid()}),父进程为(${os.getppid()})`);
  for (const _i of range(await q.qsize())) {
    print(`reader从Queue获取到消息:${await q.get(true)}`);
  }
}

async function writer(q: QueueProxy<string>) {
  print(`writer启动(${os.getpid()}),父进程为(${os.getppid()})`);
  for (const i of 'itcast') {
    await q.put(i);
  }
}

async function main() {
  print(`(${os.getpid()}) start`);
  const q = await (await Manager()).Queue<string>();
  const po = new Pool();
  po.apply_async(writer, [q]);

  await sleep(1000);

  po.apply_async(reader, [q]);
  po.close();
  await po.join();
  print(`(${os.getpid()}) End`);
}

if (require.main === module) void main();
