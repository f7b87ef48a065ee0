'use strict';

/** The rows of the bench for the executors and for threads: `executors.cjs ROW ROUNDS` prints a JSON list of figures. */
const { ProcessPoolExecutor, ThreadPoolExecutor } = require('multiprocessing-ts/concurrent/futures');
const { ThreadPool } = require('multiprocessing-ts/pool');
const { COUNT, clock, main, rounds } = require('./measure.cjs');

const square = (x) => x * x;
const echo = (data) => data;
const size = (data) => data.byteLength;
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** Rounds of `run(executor)` on one executor of two. */
const withExecutor = (Executor, run) => async (count) => {
  const executor = new Executor(2);
  const figures = await rounds(count, () => run(executor));
  await executor.shutdown();
  return figures;
};

const withThreads = (run) => async (count) => {
  const pool = new ThreadPool(2);
  const figures = await rounds(count, () => run(pool));
  await pool.terminate();
  return figures;
};

async function submit(executor) {
  const futures = [];
  for (let i = 0; i < COUNT; i++) futures.push(executor.submit(square, i));
  await Promise.all(futures.map((future) => future.result()));
}

async function map(executor) {
  let seen = 0;
  for await (const _ of executor.map(square, numbers(COUNT), { chunksize: 100 })) seen++;
  if (seen !== COUNT) throw new Error(`${seen} results`);
}

const getAll = (results) => Promise.all(results.map((result) => result.get()));

const buffers = (f) => {
  const block = Buffer.alloc(1024 * 1024, 1);
  return withThreads((pool) => getAll(Array.from({ length: 100 }, () => pool.apply_async(f, [block]))));
};

/** From nothing to the first results of two workers. */
const start = (Executor) => async (count) => {
  const figures = [];
  for (let i = 0; i <= count; i++) {
    let executor;
    figures.push(
      await clock(async () => {
        executor = new Executor(2);
        const futures = [executor.submit(square, 0), executor.submit(square, 1)];
        await Promise.all(futures.map((future) => future.result()));
      }),
    );
    await executor.shutdown();
  }
  return figures.slice(1);
};

main({
  submit: withExecutor(ProcessPoolExecutor, submit),
  'executor-map': withExecutor(ProcessPoolExecutor, map),
  'executor-start': start(ProcessPoolExecutor),
  'threads-submit': withExecutor(ThreadPoolExecutor, submit),
  'threads-start': start(ThreadPoolExecutor),
  'threads-apply_async': withThreads((pool) =>
    getAll(numbers(COUNT).map((i) => pool.apply_async(square, [i]))),
  ),
  'threads-apply': withThreads(async (pool) => {
    for (let i = 0; i < 1000; i++) await pool.apply(square, [i]);
  }),
  'threads-map': withThreads(async (pool) => void (await pool.map(square, numbers(COUNT)))),
  'threads-buffers-there': buffers(size),
  'threads-buffers-back': buffers(echo),
});
