'use strict';

/** The rows of the bench for queues between two processes: `queues.cjs ROW ROUNDS` prints a JSON list of figures. */
const { Process, Queue } = require('multiprocessing-ts');
const { main, rounds } = require('./measure.cjs');

const ROUND_TRIPS = 5000;

/** For each number that comes, so many items go back, until 0 comes. */
const source = async (counts, items, size) => {
  const item = Buffer.alloc(size, 1);
  for (let count = await counts.get(); count > 0; count = await counts.get()) {
    for (let i = 0; i < count; i++) await items.put(item);
  }
};

const echo = async (there, back) => {
  for (let item = await there.get(); item !== null; item = await there.get()) await back.put(item);
};

const oneWay = (size, count) => async (times) => {
  const counts = new Queue();
  const items = new Queue();
  const child = new Process({ target: source, args: [counts, items, size] });
  child.start();
  const figures = await rounds(times, async () => {
    await counts.put(count);
    for (let i = 0; i < count; i++) await items.get();
  });
  await counts.put(0);
  await child.join();
  return figures;
};

main({
  'queue-round-trip': async (times) => {
    const there = new Queue();
    const back = new Queue();
    const child = new Process({ target: echo, args: [there, back] });
    child.start();
    const figures = await rounds(times, async () => {
      for (let i = 0; i < ROUND_TRIPS; i++) {
        await there.put(i);
        await back.get();
      }
    });
    await there.put(null);
    await child.join();
    return figures;
  },
  'queue-64': oneWay(64, 50_000),
  'queue-4k': oneWay(4096, 20_000),
  'queue-1m': oneWay(1024 * 1024, 200),
});
