// node spec/stress/locks.mjs [rounds]
// What takes too long for npm test: 4 processes and 4 threads that add 100,000 times each under one lock, and
// thousands of short-lived workers that use shared memory, half of them killed in the middle of it.
import { Lock, RawValue, Semaphore, get_context } from 'multiprocessing-ts';
import { createRequire } from 'node:module';

const rounds = Number(process.argv[2] ?? 100);
const file = createRequire(import.meta.url).resolve('../../dist/lib/native/arena.js');
const { arena } = createRequire(import.meta.url)(file);

const add = async (lock, value, times) => {
  for (let i = 0; i < times; i++) {
    await lock.acquire();
    value.value++;
    lock.release();
  }
};

for (const method of ['spawn', 'thread']) {
  const { Pool } = get_context(method);
  const pool = new Pool(4);
  const value = RawValue('i');
  const args = [new Lock(), value, 100_000];
  const begin = performance.now();
  await Promise.all(Array.from({ length: 4 }, () => pool.apply_async(add, args).get()));
  await pool.terminate();
  const took = ((performance.now() - begin) / 1000).toFixed(2);
  if (value.value !== 400_000) throw new Error(`${method}: ${value.value} instead of 400000`);
  console.log(`${method}: 4 × 100,000 locked increments, exact, in ${took} s`);
}

/** Uses everything there is; waits at the end for something that does not come. */
const live = async (lock, semaphore) => {
  for (let i = 0; i < 3; i++) {
    try {
      await lock.acquire();
      lock.release();
    } catch (error) {
      if (error.name !== 'OwnerDiedError') throw error;
    }
  }
  semaphore.release();
  await lock.acquire().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
};

const lock = new Lock();
const semaphore = new Semaphore(0);
let lives = 0;
let most = 0;
for (let round = 0; round < rounds; round++) {
  for (const method of ['thread', 'spawn']) {
    const count = method === 'thread' ? 16 : 4;
    const pool = new (get_context(method).Pool)(count);
    const before = semaphore.get_value();
    for (let i = 0; i < count; i++) pool.apply_async(live, [lock, semaphore]);
    const wanted = before + 1 + Math.floor(Math.random() * count);
    while (semaphore.get_value() < wanted) await new Promise((resolve) => setTimeout(resolve, 2));
    await pool.terminate();
    lives += count;
  }
  most = Math.max(most, arena().slots.used);
}
try {
  await lock.acquire();
} catch (error) {
  if (error.name !== 'OwnerDiedError') throw error;
}
console.log(`${lives} short lives, ${most} slots`);
if (most > 200) throw new Error('slots are not used again');
