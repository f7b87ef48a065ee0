'use strict';

/** The rows of the bench for locks and their kin: `sync.cjs ROW ROUNDS` prints a JSON list of figures. */
const { Barrier, Event, Lock, Pool } = require('multiprocessing-ts');
const { Block } = require('../dist/lib/native/arena.js');
const { main, rounds } = require('./measure.cjs');

const INCREMENTS = 100_000;
const PASSES = 1000;
const ROUNDS = 1000;

/** `lock` and a raw shared value, as CPython's `RawValue`: what is between them is the lock's. */
async function increment(lock, words, times) {
  for (let i = 0; i < times; i++) {
    await lock.acquire();
    words[0]++;
    lock.release();
  }
}

/** In a worker. */
const incrementShared = async (lock, shared, times, file, f) => {
  const { words } = require(file).Block.at(shared);
  await f(lock, words, times);
};

const withPool = async (processes, run) => {
  const pool = new Pool(processes);
  await pool.map((x) => x, Array(processes).fill(0), 1);
  const figures = await run(pool);
  await pool.terminate();
  return figures;
};

const all = (pool, f, args) => Promise.all(args.map((each) => pool.apply_async(f, each).get()));

main({
  'lock-alone': (count) => {
    const lock = new Lock();
    const { words } = Block.make(64);
    return rounds(count, () => increment(lock, words, INCREMENTS));
  },
  'lock-4': (count) =>
    withPool(4, async (pool) => {
      const lock = new Lock();
      const block = Block.make(64);
      const file = require.resolve('../dist/lib/native/arena.js');
      const args = Array(4).fill([lock, block.share(), INCREMENTS / 4, file, increment]);
      const figures = await rounds(count, () => all(pool, incrementShared, args));
      const expected = INCREMENTS * (count + 5);
      if (block.words[0] !== expected) throw new Error(`${block.words[0]} instead of ${expected}`);
      return figures;
    }),
  barrier: (count) =>
    withPool(4, (pool) => {
      const pass = async (barrier, passes) => {
        for (let i = 0; i < passes; i++) await barrier.wait();
      };
      const args = Array(4).fill([new Barrier(4), PASSES]);
      return rounds(count, () => all(pool, pass, args));
    }),
  'event-ping-pong': (count) =>
    withPool(1, (pool) => {
      const [ping, pong] = [new Event(), new Event()];
      const answer = async (there, back, times) => {
        for (let i = 0; i < times; i++) {
          await there.wait();
          there.clear();
          back.set();
        }
      };
      return rounds(count, async () => {
        const answered = pool.apply_async(answer, [ping, pong, ROUNDS]);
        for (let i = 0; i < ROUNDS; i++) {
          ping.set();
          await pong.wait();
          pong.clear();
        }
        await answered.get();
      });
    }),
});
