/**
 * What Python's pool cannot do: stop a task. A task that overruns its `timeout` or whose `signal` is aborted loses its
 * worker, even in an endless loop; the others go on, and the worker is replaced.
 */
import { Pool, TimeoutError } from 'multiprocessing-ts';
import { getpid, print, str, time } from 'multiprocessing-ts/builtins';

function spin(): never {
  for (;;);
}

async function main() {
  await using pool = new Pool(1);
  const before = await pool.apply(getpid);

  const st = time();
  try {
    await pool.apply(spin, { timeout: 0.5 });
  } catch (error) {
    print(error instanceof TimeoutError, time() - st < 5);
  }

  const controller = new AbortController();
  const result = pool.apply_async(spin, { signal: controller.signal });
  setTimeout(() => {
    controller.abort(new Error('the user left'));
  }, 200);
  try {
    await result.get();
  } catch (error) {
    print(str(error));
  }

  const after = await pool.apply(getpid);
  print('a new worker:', before !== after);
}

if (require.main === module) void main();
