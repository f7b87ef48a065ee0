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
} from 'multiprocessing-ts/sync';
import { len, range, ValueError } from 'multiprocessing-ts/sync/builtins';
import { BaseManager, type Proxied } from 'multiprocessing-ts/sync/managers';
import { Empty, Full } from 'multiprocessing-ts/sync/queue';
import { ShareableList, SharedMemory } from 'multiprocessing-ts/sync/shared_memory';
import { Counter, sorted, thrownBy, type Door } from './door';

class Counters extends BaseManager {
  declare Counter: (start?: number) => Proxied<Counter>;
}
Counters.register('Counter', Counter);

/** Starts `target` in two processes; what it gives waits for their ends. */
function twice(target: (n: number) => void): () => void {
  const children = [1, 2].map((n) => new Process({ target, args: [n] }));
  for (const child of children) child.start();
  return () => {
    for (const child of children) child.join();
    assert.deepEqual(
      children.map((child) => child.exitcode),
      [0, 0],
    );
  };
}

/** What processes have in common: with calls that block. */
export const blockingShared: readonly Door[] = [
  {
    id: 'd71',
    name: 'sync Queue',
    run() {
      const [tasks, results] = [new Queue<number | null>(2), new Queue<number>()];
      const join = twice(() => {
        for (;;) {
          const task = tasks.get();
          if (task === null) break;
          results.put(task * task);
        }
      });
      for (const task of [1, 2, 3, 4, null, null]) tasks.put(task);
      join();
      assert.deepEqual(sorted([...range(4)].map(() => results.get())), [1, 4, 9, 16]);
      assert.ok(thrownBy(() => results.get({ timeout: 0 })) instanceof Empty);
      for (const task of [1, 2]) tasks.put_nowait(task);
      assert.ok(thrownBy(() => tasks.put_nowait(3)) instanceof Full);
    },
  },
  {
    id: 'd72',
    name: 'sync JoinableQueue and SimpleQueue',
    run() {
      const [orders, receipts] = [new JoinableQueue<number>(), new SimpleQueue<number>()];
      const consumer = new Process({
        target: () => {
          for (;;) {
            receipts.put(orders.get() * 10);
            orders.task_done();
          }
        },
        daemon: true,
      });
      consumer.start();
      for (const n of range(3)) orders.put(n);
      orders.join();
      const got: number[] = [];
      while (!receipts.empty()) got.push(receipts.get());
      assert.deepEqual(got, [0, 10, 20]);
      consumer.terminate();
      consumer.join();
    },
  },
  {
    id: 'd73',
    name: 'sync Lock and RLock, Value and Array',
    run() {
      const [lock, rlock] = [new Lock(), new RLock()];
      const [count, raw, cells] = [Value('i', 0), RawValue('d', 0), SharedArray('i', 3)];
      const numbers = RawArray('d', [1.5, 2.5]);
      twice((n) => {
        for (const i of range(300)) {
          using _ = lock.hold();
          count.value += 1;
          cells[i % 3] = cells.at(i % 3) + 1;
        }
        using _ = rlock.hold();
        using __ = rlock.hold();
        raw.value += n + (numbers[1] ?? 0);
      })();
      assert.deepEqual([count.value, raw.value, cells.slice()], [600, 8, [200, 200, 200]]);
    },
  },
  {
    id: 'd74',
    name: 'sync Semaphore and BoundedSemaphore',
    run() {
      const [permits, bounded] = [new Semaphore(0), new BoundedSemaphore(1)];
      const passed = Value('i', 0);
      const join = twice(() => {
        permits.acquire();
        using _ = bounded.hold();
        passed.value += 1;
      });
      permits.release();
      permits.release();
      join();
      assert.equal(passed.value, 2);
      assert.ok(thrownBy(() => bounded.release()) instanceof ValueError);
    },
  },
  {
    id: 'd75',
    name: 'sync Condition, Event and Barrier',
    run() {
      const [condition, event, barrier] = [new Condition(), new Event(), new Barrier(3)];
      const [turn, arrived] = [Value('i', 1), Value('i', 0)];
      const order = SharedArray('i', 2);
      const join = twice((n) => {
        event.wait();
        {
          using _ = condition.hold();
          condition.wait_for(() => turn.value === n);
          order[n - 1] = n;
          turn.value = n + 1;
          condition.notify_all();
        }
        {
          using _ = arrived.hold();
          arrived.value += 1;
        }
        barrier.wait();
      });
      assert.equal(event.is_set(), false);
      event.set();
      barrier.wait();
      assert.deepEqual([arrived.value, order.slice(), turn.value], [2, [1, 2], 3]);
      join();
    },
  },
  {
    id: 'd76',
    name: 'sync SharedMemory and ShareableList',
    run() {
      using memory = new SharedMemory({ create: true, size: 64 });
      const list = new ShareableList(['howdy', 1.5, 100]);
      try {
        const [name, listName] = [memory.name, list.shm.name];
        twice((n) => {
          using same = new SharedMemory(name);
          new Float64Array(same.buf.buffer)[n] = n / 4;
          const items = new ShareableList({ name: listName });
          items[n] = items[0] as string;
          items.shm.close();
        })();
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
    id: 'd77',
    name: 'sync Manager',
    run() {
      using manager = Manager();
      const dict = manager.dict<string, number>({ a: 1 });
      const list = manager.list([0]);
      const queue = manager.Queue<number>();
      using pool = new Pool(2);
      pool.map(
        (n) => {
          dict[`n${n}`] = n;
          list.append(n);
          queue.put(n * n);
        },
        range(1, 4),
      );
      assert.deepEqual([len(dict), dict.n2, 'n4' in dict], [4, 2, false]);
      assert.deepEqual(sorted(list), [0, 1, 2, 3]);
      assert.deepEqual(sorted([queue.get(), queue.get(), queue.get()]), [1, 4, 9]);
    },
  },
  {
    id: 'd78',
    name: 'a sync manager of a class of its own',
    run() {
      using manager = new Counters().start();
      const counter = manager.Counter(5);
      twice((n) => {
        counter.add(n);
      })();
      assert.equal(counter.add(0), 8);
    },
  },
];
