// No `if (require.main === module)`: workers do not run this file again, so none is needed.
import { Pool } from 'multiprocessing-ts/sync';
import { os, print, random, range, time } from 'multiprocessing-ts/sync/builtins';

function worker(msg: number) {
  const t_start = time.time();
  print(`${msg}开始执行,进程号为${os.getpid()}`);
  time.sleep(random.random() * 2);
  const t_stop = time.time();
  print(msg, `执行完毕,耗时${(t_stop - t_start).toFixed(2)}`);
}

const po = new Pool(3);
for (const i of range(0, 10)) {
  po.apply_async(worker, [i]);
}

print('----start----');
po.close();
po.join();
print('-----end-----');
