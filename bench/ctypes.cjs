'use strict';

/** The rows of the bench for shared values and arrays: `ctypes.cjs ROW ROUNDS` prints a JSON list of figures. */
const { Array: SharedArray, Pool, Value } = require('multiprocessing-ts');
const { main, rounds } = require('./measure.cjs');

const INCREMENTS = 100_000;
const ITEMS = 100_000;
const NUMBERS = 1_000_000;

/** What Python writes as `with counter: counter.value += 1`. */
async function increment(counter, times) {
  for (let i = 0; i < times; i++) {
    await counter.acquire();
    counter.value += 1;
    counter.release();
  }
}

let shared = null;
const share = (object) => {
  shared = object;
};

/** In a worker: its part of the array, item by item. */
const fill = ([start, stop]) => {
  for (let i = start; i < stop; i++) shared[i] = i * 0.5;
};

/** The same in one piece. */
const fillBuffer = ([start, stop]) => {
  const numbers = shared.buffer;
  for (let i = start; i < stop; i++) numbers[i] = i * 0.5;
};

const withPool = async (processes, object, run) => {
  const pool = new Pool(processes, share, [object]);
  await pool.map((x) => x, Array(processes).fill(0), 1);
  const figures = await run(pool);
  await pool.terminate();
  return figures;
};

const parts = (length, processes) =>
  Array.from({ length: processes }, (_, i) => [(length / processes) * i, (length / processes) * (i + 1)]);

const filled = (length, processes, f, sum) => (count) => {
  const array = SharedArray('d', length, { lock: false });
  return withPool(processes, array, (pool) =>
    rounds(count, async () => {
      await pool.map(f, parts(length, processes), 1);
      const total = sum(array);
      if (total !== (length * (length - 1)) / 4) throw new Error(`the sum is ${total}`);
    }),
  );
};

const sumItems = (array) => {
  let total = 0;
  for (const each of array) total += each;
  return total;
};
const sumBuffer = (array) => {
  let total = 0;
  for (const each of array.buffer) total += each;
  return total;
};

main({
  'value-alone': (count) => {
    const counter = Value('i', 0);
    return rounds(count, () => increment(counter, INCREMENTS));
  },
  'value-4': (count) => {
    const counter = Value('i', 0);
    return withPool(4, counter, async (pool) => {
      const work = (times) => increment(shared, times);
      const figures = await rounds(count, () => pool.map(work, Array(4).fill(INCREMENTS / 4), 1));
      const expected = INCREMENTS * (count + 5);
      if (counter.value !== expected) throw new Error(`${counter.value} instead of ${expected}`);
      return figures;
    });
  },
  'array-items': filled(ITEMS, 2, fill, sumItems),
  'array-sum-2': filled(NUMBERS, 2, fillBuffer, sumBuffer),
  'array-sum-4': filled(NUMBERS, 4, fillBuffer, sumBuffer),
});
