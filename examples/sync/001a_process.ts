import * as multiprocessing from 'multiprocessing-ts/sync';
import { print, time } from 'multiprocessing-ts/sync/builtins';

function run(a: number) {
  time.sleep(5);
  print(a);
  return a * a;
}

function main() {
  const p = new multiprocessing.Process({ target: run, args: [123456] });
  p.start();
  p.join();
  print(123);
}

if (require.main === module) main();
