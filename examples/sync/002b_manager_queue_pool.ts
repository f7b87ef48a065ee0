import { Manager, Pool } from 'multiprocessing-ts/sync';
import { os, print, range, time } from 'multiprocessing-ts/sync/builtins';
import type { QueueProxy } from 'multiprocessing-ts/sync/managers';

function reader(q: QueueProxy<string>) {
  print(`reader启动(${os.getpid()}),父进程为(${os.getppid()})`);
  for (const _i of range(q.qsize())) {
    print(`reader从Queue获取到消息:${q.get(true)}`);
  }
}

function writer(q: QueueProxy<string>) {
  print(`writer启动(${os.getpid()}),父进程为(${os.getppid()})`);
  for (const i of 'itcast') {
    q.put(i);
  }
}

function main() {
  print(`(${os.getpid()}) start`);
  const q = Manager().Queue<string>();
  const po = new Pool();
  po.apply_async(writer, [q]);

  time.sleep(1);

  po.apply_async(reader, [q]);
  po.close();
  po.join();
  print(`(${os.getpid()}) End`);
}

if (require.main === module) main();
