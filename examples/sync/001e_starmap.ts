import * as multiprocessing from 'multiprocessing-ts/sync';
import { print } from 'multiprocessing-ts/sync/builtins';

function f(a: number, b: number) {
  return a + b;
}

function main() {
  const pool = new multiprocessing.Pool(2);
  print(pool.starmap(f, [[1, 2], [3, 4]])); // prettier-ignore
  print(pool.starmap_async(f, [[1, 2], [3, 4]]).get()); // prettier-ignore
  pool.close();
  pool.join();
}

if (require.main === module) main();
