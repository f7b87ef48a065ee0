/** Two producers and three consumers of one queue, which tells when all is done. */
import * as multiprocessing from 'multiprocessing-ts/sync';
import { print, range, time } from 'multiprocessing-ts/sync/builtins';

type Order = [name: string, number: number];
type Orders = multiprocessing.JoinableQueue<Order | null>;
type Receipts = multiprocessing.Queue<string>;

function produce(name: string, orders: Orders) {
  for (const number of range(5)) {
    orders.put([name, number]);
  }
}

function consume(orders: Orders, receipts: Receipts) {
  for (;;) {
    const order = orders.get();
    if (order === null) break;
    const [name, number] = order;
    time.sleep(0.01);
    receipts.put(`${name}-${number}`);
    orders.task_done();
  }
}

function main() {
  const orders: Orders = new multiprocessing.JoinableQueue(3);
  const receipts: Receipts = new multiprocessing.Queue();
  const consumers = [...range(3)].map(
    () => new multiprocessing.Process({ target: consume, args: [orders, receipts] }),
  );
  const producers = ['ada', 'bob'].map(
    (name) => new multiprocessing.Process({ target: produce, args: [name, orders] }),
  );
  for (const p of [...consumers, ...producers]) p.start();
  for (const p of producers) p.join();
  orders.join();
  print('all orders are done');
  const done: string[] = [];
  for (const _ of range(10)) done.push(receipts.get());
  print(done.sort().join(' '));
  for (const _ of consumers) orders.put(null);
  for (const p of consumers) p.join();
  print(
    orders.empty(),
    receipts.empty(),
    consumers.map((p) => p.exitcode),
  );
}

main();
