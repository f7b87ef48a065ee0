import { print, range, time } from 'multiprocessing-ts/sync/builtins';
import { as_completed, ThreadPoolExecutor } from 'multiprocessing-ts/sync/concurrent/futures';
import { serve } from './support/http_server';
import * as requests from './support/requests';

function fetch(req_url: string) {
  const r = requests.get(req_url);
  return r.json<{ args: { a: string } }>().args.a;
}

function main() {
  const port = serve();
  const start = time.time();
  const numbers = range(12);
  const url = (a: number) => `http://127.0.0.1:${port}/get?a=${a}`;

  {
    using executor = new ThreadPoolExecutor({ max_workers: 3 });
    const task_list = Array.from(range(12), (n) => executor.submit(fetch, url(n)));

    for (const future of as_completed(task_list)) {
      print(future.result());
    }
  }

  let future;
  {
    using executor = new ThreadPoolExecutor({ max_workers: 3 });
    future = executor.map(fetch, Array.from(range(12), url));
  }

  for (const result of future) {
    print(result);
  }

  print(`总耗时:${time.time() - start}`);
}

if (require.main === module) main();
