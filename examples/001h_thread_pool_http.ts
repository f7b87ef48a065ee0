import { print, range, time } from 'multiprocessing-ts/builtins';
import { as_completed, ThreadPoolExecutor } from 'multiprocessing-ts/concurrent/futures';
import { serve } from './support/http_server';

async function fetch(req_url: string) {
  const r = await globalThis.fetch(req_url);
  return ((await r.json()) as { args: { a: string } }).args.a;
}

async function main() {
  const { port } = await serve();
  const start = time.time();
  const numbers = range(12);
  const url = (a: number) => `http://127.0.0.1:${port}/get?a=${a}`;

  {
    await using executor = new ThreadPoolExecutor({ max_workers: 3 });
    const task_list = Array.from(range(12), (n) => executor.submit(fetch, url(n)));

    for await (const future of as_completed(task_list)) {
      print(await future.result());
    }
  }

  let future;
  {
    await using executor = new ThreadPoolExecutor({ max_workers: 3 });
    future = executor.map(fetch, Array.from(range(12), url));
  }

  for await (const result of future) {
    print(result);
  }

  print(`总耗时:${time.time() - start}`);
}

if (require.main === module) void main();
