'use strict';

/**
 * The comparison of the page "process, thread or coroutine": `comparison.cjs WORK KIND` does one kind of work in one
 * kind of concurrency, from the start of the workers to their end, and prints the milliseconds it took.
 */
/* global fetch */
const http = require('node:http');
const { once } = require('node:events');
const {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  as_completed,
} = require('multiprocessing-ts/concurrent/futures');
const { sleep: blockingSleep } = require('multiprocessing-ts/builtins');
const { joinall, pool: coroutines, sleep } = require('multiprocessing-ts/gevent');
const { clock } = require('./measure.cjs');

const WORKERS = 4;

const executors = { processes: ProcessPoolExecutor, threads: ThreadPoolExecutor };

function fib(n) {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

async function get(url) {
  return (await fetch(url)).text();
}

/** The user's fourth document: tasks that wait so many seconds, and callbacks that wait a second each. */
const callbacks = (waits) => ({
  async executor(Executor) {
    const pool = new Executor(WORKERS);
    for (const seconds of waits) {
      pool
        .submit((seconds) => {
          blockingSleep(seconds);
          return 100;
        }, seconds)
        .add_done_callback(() => sleep(1));
    }
    await pool.shutdown(true);
  },
  async coroutines() {
    const pool = new coroutines.Pool(WORKERS);
    const parsed = [];
    for (const seconds of waits) {
      pool.spawn(async () => {
        await sleep(seconds);
        parsed.push(sleep(1));
      });
    }
    await pool.join();
    await Promise.all(parsed);
  },
});

/** 40 answers of a server that takes 100 ms for each. */
const io = {
  async executor(Executor) {
    await withServer(async (url) => {
      await using_(new Executor(WORKERS), async (pool) => {
        for await (const future of as_completed(
          Array.from({ length: 40 }, (_, i) => pool.submit(get, url + i)),
        )) {
          await future.result();
        }
      });
    });
  },
  async coroutines() {
    await withServer(async (url) => {
      const pool = new coroutines.Pool(WORKERS);
      await joinall(
        Array.from({ length: 40 }, (_, i) => pool.spawn(get, url + i)),
        { raise_error: true },
      );
    });
  },
};

/** 8 computations that take a processor for a while. */
const cpu = {
  async executor(Executor) {
    await using_(new Executor(WORKERS), async (pool) => {
      for await (const value of pool.map(fib, Array(8).fill(36)))
        if (value !== 14930352) throw new Error(value);
    });
  },
  async coroutines() {
    const pool = new coroutines.Pool(WORKERS);
    for await (const value of pool.imap(async (n) => fib(n), Array(8).fill(36))) {
      if (value !== 14930352) throw new Error(value);
    }
  },
};

async function using_(pool, run) {
  try {
    await run(pool);
  } finally {
    await pool.shutdown();
  }
}

async function withServer(run) {
  const server = http.createServer((_, response) => setTimeout(() => response.end('hello'), 100));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await run(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function main(work, kind) {
  const works = { '004a': callbacks([1, 2, 3, 4]), '004b': callbacks([5, 5, 5, 5]), io, cpu };
  const run = works[work];
  const took = await clock(() => (kind in executors ? run.executor(executors[kind]) : run.coroutines()));
  process.stdout.write(JSON.stringify([took]));
}

void main(process.argv[2], process.argv[3]);
