'use strict';

/** The rows of the bench for this package: `ours.cjs ROW ROUNDS` prints a JSON list of figures. */
const { Pool } = require('multiprocessing-ts');
const { COUNT, childMemory, clock, main, pause, rounds } = require('./measure.cjs');

const square = (x) => x * x;
const echo = (data) => data;
const size = (data) => data.byteLength;
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** Rounds of `run(pool)` on one pool of two. */
const withPool = (run, warmup) => async (count) => {
  const pool = new Pool(2);
  const figures = await rounds(count, () => run(pool), warmup);
  await pool.terminate();
  return figures;
};

/** The same without an `await`. */
const withBlockingPool = (run, warmup) => async (count) => {
  // Here: the other rows load nothing of it.
  const { Pool: BlockingPool } = require('multiprocessing-ts/sync/pool');
  const pool = new BlockingPool(2);
  const figures = await rounds(count, () => run(pool), warmup);
  pool.terminate();
  return figures;
};

const getAll = (results) => Promise.all(results.map((result) => result.get()));

/** `make(i)`: the function of the call with the number i. */
const applyAsync = (make, warmup) =>
  withPool(async (pool) => {
    const results = [];
    for (let i = 0; i < COUNT; i++) results.push(pool.apply_async(make(i), [i]));
    await getAll(results);
  }, warmup);

const iterate = (method) =>
  withPool(async (pool) => {
    let seen = 0;
    for await (const _ of pool[method](square, numbers(COUNT))) seen++;
    if (seen !== COUNT) throw new Error(`${seen} results`);
  });

const map = (count, warmup) => {
  const input = numbers(count);
  return withPool(async (pool) => void (await pool.map(square, input)), warmup);
};

const buffers = (f) => {
  const block = Buffer.alloc(1024 * 1024, 1);
  return withPool(async (pool) => {
    const results = [];
    for (let i = 0; i < 100; i++) results.push(pool.apply_async(f, [block]));
    await getAll(results);
  });
};

const memory = (kind) => async (count) => {
  const pool = new Pool(2);
  await pool.map(square, numbers(100));
  await pause(500);
  const figures = [];
  for (let i = 0; i < count; i++) figures.push(childMemory(kind));
  await pool.terminate();
  return figures;
};

async function start(count) {
  const figures = [];
  for (let i = 0; i <= count; i++) {
    let pool;
    figures.push(
      await clock(async () => {
        pool = new Pool(2);
        await pool.map(square, [0, 1]);
      }),
    );
    await pool.terminate();
  }
  return figures.slice(1);
}

async function recycle(count) {
  return rounds(
    count,
    async () => {
      const pool = new Pool(2, { maxtasksperchild: 1 });
      await pool.map(square, numbers(200), 1);
      await pool.terminate();
    },
    0,
  );
}

let base = 1;
const setBase = (value) => (base = value);

main({
  apply_async: applyAsync(() => square),
  'closure-let': applyAsync(() => (x) => x + base, 1),
  'closure-same-let': ((f) => applyAsync(() => f))((x) => x + base),
  'closure-moving-let': ((f) =>
    applyAsync((i) => {
      setBase(i);
      return f;
    }))((x) => x + base),
  'closure-fresh': applyAsync((i) => () => i * i, 1),
  imap: iterate('imap'),
  imap_unordered: iterate('imap_unordered'),
  'map-20k': map(COUNT, 3),
  'map-1m': map(1_000_000, 1),
  apply: withPool(async (pool) => {
    for (let i = 0; i < 1000; i++) await pool.apply(square, [i]);
  }),
  'blocking-apply': withBlockingPool((pool) => {
    for (let i = 0; i < 1000; i++) pool.apply(square, [i]);
  }),
  'blocking-map-20k': ((input) => withBlockingPool((pool) => void pool.map(square, input), 3))(
    numbers(COUNT),
  ),
  'buffers-there': buffers(size),
  'buffers-back': buffers(echo),
  start,
  recycle,
  'memory-rss': memory('Rss'),
  'memory-pss': memory('Pss'),
});
