import { len, print, time } from 'multiprocessing-ts/sync/builtins';
import { ThreadPoolExecutor, type Future } from 'multiprocessing-ts/sync/concurrent/futures';
import { serve } from './support/http_server';
import * as requests from './support/requests';

function get(url: string) {
  print(`GET ${url}`);
  const resp = requests.get(url);
  time.sleep(3);
  return { url, content: resp.text };
}

function parse(future: Future<{ url: string; content: string }>) {
  const ret = future.result();
  print(`parse content is ${len(ret.content)}`);
}

function main() {
  const port = serve();
  const urls = [`http://127.0.0.1:${port}/a`, `http://127.0.0.1:${port}/b`, `http://127.0.0.1:${port}/c`];
  const pool = new ThreadPoolExecutor(2);
  for (const url of urls) {
    pool.submit(get, url).add_done_callback(parse);
  }
}

if (require.main === module) main();
