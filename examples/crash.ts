/**
 * What Python's pool cannot do: survive a worker that dies. There the result never comes and `get()` waits for ever;
 * here the one task that the worker was running fails, and says how.
 */
import { Pool } from 'multiprocessing-ts';
import { WorkerLostError } from 'multiprocessing-ts/pool';
import { print, range } from 'multiprocessing-ts/builtins';

function task(n: number) {
  if (n === 3) process.kill(process.pid, 'SIGKILL');
  if (n === 6) process.exit(7);
  return n * 10;
}

async function main() {
  await using pool = new Pool(2);
  const results = Array.from(range(8), (n) => pool.apply_async(task, [n]));
  for (const result of results) {
    try {
      print(await result.get());
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      print('lost:', error.exitcode, error.signal);
    }
  }
  print(await pool.map(task, [1, 2]));
}

if (require.main === module) void main();
