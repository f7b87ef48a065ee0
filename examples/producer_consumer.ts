/** Two producers and three consumers of one queue, which tells when all is done. */
import * as multiprocessing from 'multiprocessing-ts';
import { print, range, time } from 'multiprocessing-ts/builtins';

type Order = [name: string, number: number];
type Orders = multiprocessing.JoinableQueue<Order | null>;
type Receipts = multiprocessing.Queue<string>;

async function produce(name: string, orders: Orders) {
  for (const number of range(5)) {
    await orders.put([name, number]);
  }
}

async function consume(orders: Orders, receipts: Receipts) {
  for (;;) {
    const order = await orders.get();
    if (order === null) break;
    const [name, number] = order;
    time.sleep(0.01);
    await receipts.put(`${name}-${number}`);
    orders.task_done();
  }
}

async function main() {
  const orders: Orders = new multiprocessing.JoinableQueue(3);
  const receipts: Receipts = new multiprocessing.Queue();
  const consumers = [...range(3)].map(
    () => new multiprocessing.Process({ target: consume, args: [orders, receipts] }),
  );
  const producers = ['ada', 'bob'].map(
    (name) => new multiprocessing.Process({ target: produce, args: [name, orders] }),
  );
  for (const p of [...consumers, ...producers]) p.start();
  for (const p of producers) await p.join();
  await orders.join();
  print('all orders are done');
  const done: string[] = [];
  for (const _ of range(10)) done.push(await receipts.get());
  print(done.sort().join(' '));
  for (const _ of consumers) await orders.put(null);
  for (const p of consumers) await p.join();
  print(
    orders.empty(),
    receipts.empty(),
    consumers.map((p) => p.exitcode),
  );
}

void main();
