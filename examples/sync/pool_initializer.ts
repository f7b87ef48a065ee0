/** A pool whose workers are given a lock and a shared value once, when they start. */
import * as multiprocessing from 'multiprocessing-ts/sync';
import { print } from 'multiprocessing-ts/sync/builtins';

let lock: multiprocessing.Lock;
let total: { value: number };

function initialize(shared_lock: multiprocessing.Lock, shared_total: { value: number }) {
  lock = shared_lock;
  total = shared_total;
}

function deposit(amount: number) {
  for (let i = 0; i < amount; i++) {
    using _ = lock.hold();
    total.value += 1;
  }
  return amount;
}

function main() {
  const shared_lock = new multiprocessing.Lock();
  const shared_total = multiprocessing.Value('i', 0, { lock: false });
  using pool = new multiprocessing.Pool(3, initialize, [shared_lock, shared_total]);
  const amounts = pool.map(deposit, [1000, 2000, 3000, 4000, 5000], { chunksize: 1 });
  print(amounts);
  print(shared_total.value);
  print(String(shared_lock));
}

if (require.main === module) main();
