import * as multiprocessing from 'multiprocessing-ts';
import { print } from 'multiprocessing-ts/builtins';

function f(a: number, b: number) {
  return a + b;
}

async function main() {
  const pool = new multiprocessing.Pool(2);
  print(await pool.starmap(f, [[1, 2], [3, 4]])); // prettier-ignore
  print(await pool.starmap_async(f, [[1, 2], [3, 4]]).get()); // prettier-ignore
  pool.close();
  await pool.join();
}

if (require.main === module) void main();
