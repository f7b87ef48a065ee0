/** A pool whose workers are given a lock and a shared value once, when they start. */
import * as multiprocessing from 'multiprocessing-ts';
import { print } from 'multiprocessing-ts/builtins';
import type { ValueOf } from 'multiprocessing-ts/sharedctypes';

let lock: multiprocessing.Lock;
let total: ValueOf<'i'>;

function initialize(shared_lock: multiprocessing.Lock, shared_total: ValueOf<'i'>) {
  lock = shared_lock;
  total = shared_total;
}

async function deposit(amount: number) {
  for (let i = 0; i < amount; i++) {
    using _ = await lock.hold();
    total.value += 1;
  }
  return amount;
}

async function main() {
  const shared_lock = new multiprocessing.Lock();
  const shared_total = multiprocessing.Value('i', 0, { lock: false });
  await using pool = new multiprocessing.Pool(3, initialize, [shared_lock, shared_total]);
  const amounts = await pool.map(deposit, [1000, 2000, 3000, 4000, 5000], { chunksize: 1 });
  print(amounts);
  print(shared_total.value);
  print(String(shared_lock));
}

if (require.main === module) void main();
