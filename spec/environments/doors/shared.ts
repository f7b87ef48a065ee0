import assert from 'node:assert/strict';
import {
  Array as SharedArray,
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  Pool,
  Process,
  Queue,
  RawArray,
  RawValue,
  RLock,
  Semaphore,
  SimpleQueue,
  Value,
} from 'multiprocessing-ts';
import { range, ValueError } from 'multiprocessing-ts/builtins';
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import { Empty, Full } from 'multiprocessing-ts/queue';
import { ShareableList, SharedMemory } from 'multiprocessing-ts/shared_memory';
import { Counter, sorted, thrownBy, type Door } from './door';

class Counters extends BaseManager {
  declare Counter: (start?: number) => Promise<Proxied<Counter>>;
}
Counters.register('Counter', Counter);

/** Runs `target` in two processes and waits for their ends. */
async function twice(target: (n: number) => Promise<void>): Promise<void> {
  const children = [1, 2].map((n) => new Process({ target, args: [n] }));
  for (const child of children) child.start();
  for (const child of children) await child.join();
  assert.deepEqual(
    children.map((child) => child.exitcode),
    [0, 0],
  );
}

/** What processes have in common: with calls that wait. */
export const shared: readonly Door[] = [
  {
    id: 'd21',
    name: 'Queue',
    async run() {
      const [tasks, results] = [new Queue<number | null>(2), new Queue<number>()];
      const work = async (): Promise<void> => {
        for (;;) {
          const task = await tasks.get();
          if (task === null) break;
          await results.put(task * task);
        }
      };
      const both = twice(work);
      for (const task of [1, 2, 3, 4, null, null]) await tasks.put(task);
      await both;
      const got: number[] = [];
      for (const _ of range(4)) got.push(await results.get());
      assert.deepEqual(sorted(got), [1, 4, 9, 16]);
      await assert.rejects(results.get({ timeout: 0 }), Empty);
      for (const task of [1, 2]) tasks.put_nowait(task);
      assert.ok(thrownBy(() => tasks.put_nowait(3)) instanceof Full);
    },
  },
  {
    id: 'd22',
    name: 'JoinableQueue and SimpleQueue',
    async run() {
      const [orders, receipts] = [new JoinableQueue<number>(), new SimpleQueue<number>()];
      const consumer = new Process({
        target: async () => {
          for (;;) {
            await receipts.put((await orders.get()) * 10);
            orders.task_done();
          }
        },
        daemon: true,
      });
      consumer.start();
      for (const n of range(3)) await orders.put(n);
      await orders.join();
      const got: number[] = [];
      while (!receipts.empty()) got.push(await receipts.get());
      assert.deepEqual(got, [0, 10, 20]);
      consumer.terminate();
      await consumer.join();
    },
  },
  {
    id: 'd23',
    name: 'Lock and RLock, Value and Array',
    async run() {
      const [lock, rlock] = [new Lock(), new RLock()];
      const [count, raw, cells] = [Value('i', 0), RawValue('d', 0), SharedArray('i', 3)];
      const numbers = RawArray('d', [1.5, 2.5]);
      await twice(async (n) => {
        for (const i of range(300)) {
          using _ = await lock.hold();
          count.value += 1;
          cells[i % 3] = cells.at(i % 3) + 1;
        }
        using _ = await rlock.hold();
        using __ = await rlock.hold();
        raw.value += n + (numbers[1] ?? 0);
      });
      assert.deepEqual([count.value, raw.value, cells.slice()], [600, 8, [200, 200, 200]]);
    },
  },
  {
    id: 'd24',
    name: 'Semaphore and BoundedSemaphore',
    async run() {
      const [permits, bounded] = [new Semaphore(0), new BoundedSemaphore(1)];
      const passed = Value('i', 0);
      const both = twice(async () => {
        await permits.acquire();
        using _ = await bounded.hold();
        passed.value += 1;
      });
      permits.release();
      permits.release();
      await both;
      assert.equal(passed.value, 2);
      assert.ok(thrownBy(() => bounded.release()) instanceof ValueError);
    },
  },
  {
    id: 'd25',
    name: 'Condition, Event and Barrier',
    async run() {
      const [condition, event, barrier] = [new Condition(), new Event(), new Barrier(3)];
      const [turn, arrived] = [Value('i', 1), Value('i', 0)];
      const order = SharedArray('i', 2);
      const both = twice(async (n) => {
        await event.wait();
        {
          using _ = await condition.hold();
          await condition.wait_for(() => turn.value === n);
          order[n - 1] = n;
          turn.value = n + 1;
          condition.notify_all();
        }
        {
          using _ = await arrived.hold();
          arrived.value += 1;
        }
        await barrier.wait();
      });
      assert.equal(event.is_set(), false);
      event.set();
      await barrier.wait();
      assert.deepEqual([arrived.value, order.slice(), turn.value], [2, [1, 2], 3]);
      await both;
    },
  },
  {
    id: 'd26',
    name: 'SharedMemory and ShareableList',
    async run() {
      using memory = new SharedMemory({ create: true, size: 64 });
      const list = new ShareableList(['howdy', 1.5, 100]);
      try {
        const [name, listName] = [memory.name, list.shm.name];
        await twice(async (n) => {
          using same = new SharedMemory(name);
          new Float64Array(same.buf.buffer)[n] = n / 4;
          const items = new ShareableList({ name: listName });
          items[n] = items[0] as string;
          items.shm.close();
        });
        assert.deepEqual([...new Float64Array(memory.buf.buffer, 0, 3)], [0, 0.25, 0.5]);
        assert.deepEqual([...list], ['howdy', 'howdy', 'howdy']);
      } finally {
        memory.unlink();
        list.shm.close();
        list.shm.unlink();
      }
    },
  },
  {
    id: 'd27',
    name: 'Manager',
    async run() {
      await using manager = await Manager();
      const dict = await manager.dict<string, number>({ a: 1 });
      const list = await manager.list([0]);
      const queue = await manager.Queue<number>();
      await using pool = new Pool(2);
      await pool.map(
        async (n) => {
          await dict.set(`n${n}`, n);
          await list.append(n);
          await queue.put(n * n);
        },
        range(1, 4),
      );
      assert.deepEqual(sorted((await dict.copy()).values()), [1, 1, 2, 3]);
      assert.deepEqual(sorted(await list.slice()), [0, 1, 2, 3]);
      assert.deepEqual(sorted([await queue.get(), await queue.get(), await queue.get()]), [1, 4, 9]);
    },
  },
  {
    id: 'd28',
    name: 'a manager of a class of its own',
    async run() {
      await using manager = await new Counters().start();
      const counter = await manager.Counter(5);
      await twice(async (n) => {
        await counter.add(n);
      });
      assert.equal(await counter.add(0), 8);
    },
  },
];
