import * as multiprocessing from 'multiprocessing-ts';
import { print, time } from 'multiprocessing-ts/builtins';

function run(a: number) {
  time.sleep(5);
  print(a);
  return a * a;
}

async function main() {
  const p = new multiprocessing.Process({ target: run, args: [123456] });
  p.start();
  await p.join();
  print(123);
}

if (require.main === module) void main();
