import { print, range, truediv } from 'multiprocessing-ts/sync/builtins';
import { ProcessPoolExecutor, type Future } from 'multiprocessing-ts/sync/concurrent/futures';

function call_back(future: Future<number>) {
  const worker_exception = future.exception();
  if (worker_exception) {
    print(worker_exception);
  }

  print(future.result());
}

function test(n: number) {
  if (n % 2 === 0) {
    truediv(n, 0);
  }

  return n * 2;
}

function main() {
  const numbers = range(20);
  using executor = new ProcessPoolExecutor({ max_workers: 3 });
  for (const i of numbers) {
    executor.submit(test, i).add_done_callback(call_back);
  }
}

if (require.main === module) main();
