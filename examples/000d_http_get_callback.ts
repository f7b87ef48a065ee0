import { len, print, time } from 'multiprocessing-ts/builtins';
import { ThreadPoolExecutor, type Future } from 'multiprocessing-ts/concurrent/futures';
import { serve } from './support/http_server';

async function get(url: string) {
  print(`GET ${url}`);
  const resp = await fetch(url);
  time.sleep(3);
  return { url, content: await resp.text() };
}

async function parse(future: Future<{ url: string; content: string }>) {
  const ret = await future.result();
  print(`parse content is ${len(ret.content)}`);
}

async function main() {
  const { port } = await serve();
  const urls = [`http://127.0.0.1:${port}/a`, `http://127.0.0.1:${port}/b`, `http://127.0.0.1:${port}/c`];
  const pool = new ThreadPoolExecutor(2);
  for (const url of urls) {
    pool.submit(get, url).add_done_callback(parse);
  }
}

if (require.main === module) void main();
