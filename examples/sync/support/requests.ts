import { ThreadPool } from 'multiprocessing-ts/sync/pool';

export interface Response {
  readonly text: string;
  json<T>(): T;
}

let thread: ThreadPool | null = null;

/** As much of Python's `requests` as the scripts use: what is asynchronous runs in a thread, and this one waits. */
export function get(url: string): Response {
  thread ??= new ThreadPool(1);
  const text = thread.apply(download, [url]);
  return { text, json: <T>() => JSON.parse(text) as T };
}

const download = (url: string) => fetch(url).then((response) => response.text());
