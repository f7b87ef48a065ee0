import { print, time } from 'multiprocessing-ts/builtins';
import { monkey, sleep, spawn } from 'multiprocessing-ts/gevent';

monkey.patch_all();

async function heng() {
  print('哼');
  await sleep(2);
  print('哼');
}

async function ha() {
  print('哈');
  await sleep(3);
  print('哈');
}

async function heiheihei() {
  print('嘿嘿嘿');
  await sleep(5);
  print('嘿嘿嘿');
}

async function main() {
  const start = time.time();
  const g1 = spawn(heng);
  const g2 = spawn(ha);
  const g3 = spawn(heiheihei);

  await g1.join();
  await g2.join();
  await g3.join();

  print(time.time() - start);
}

if (require.main === module) void main();
