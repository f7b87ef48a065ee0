'use strict';

/** The rows of the bench for managers: `managers.cjs ROW ROUNDS` prints a JSON list of figures. */
const { BaseManager, Manager } = require('multiprocessing-ts/managers');
const { main, rounds } = require('./measure.cjs');

const CALLS = 5000;

class Counter {
  #count = 0;

  increment() {
    return ++this.#count;
  }
}

class CounterManager extends BaseManager {}
CounterManager.register('Counter', Counter);

const call = async (count) => {
  const manager = await new CounterManager().start();
  const counter = await manager.Counter();
  const figures = await rounds(count, async () => {
    for (let i = 0; i < CALLS; i++) await counter.increment();
  });
  await manager.shutdown();
  return figures;
};

/** What is put is taken out again, by the same process. */
const queue = (size, items) => async (count) => {
  const manager = await Manager();
  const held = await manager.Queue();
  const item = Buffer.alloc(size, 1);
  const figures = await rounds(count, async () => {
    for (let i = 0; i < items; i++) {
      await held.put(item);
      await held.get();
    }
  });
  await manager.shutdown();
  return figures;
};

main({
  'manager-call': call,
  'manager-queue-64': queue(64, 2000),
  'manager-queue-1m': queue(1024 * 1024, 100),
});
