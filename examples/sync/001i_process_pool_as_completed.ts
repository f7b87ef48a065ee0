import { print, range, zip } from 'multiprocessing-ts/sync/builtins';
import { as_completed, ProcessPoolExecutor } from 'multiprocessing-ts/sync/concurrent/futures';

function fib(n: number): number {
  if (n <= 2) {
    return 1;
  }

  return fib(n - 1) + fib(n - 2);
}

function main() {
  const numbers = range(20);
  using executor = new ProcessPoolExecutor({ max_workers: 3 });
  for (const [num, result] of zip(numbers, executor.map(fib, numbers))) {
    print(`${num}====>${result}`);
  }

  const work_dict = new Map(Array.from(numbers, (i) => [executor.submit(fib, i), i]));
  for (const future of as_completed(work_dict)) {
    const num = work_dict.get(future) as number;
    let data;
    try {
      data = future.result();
    } catch (e) {
      print(e);
      continue;
    }
    print(`fib(${num} = ${data})`);
  }
}

if (require.main === module) main();
