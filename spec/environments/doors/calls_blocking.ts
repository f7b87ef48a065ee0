import assert from 'node:assert/strict';
import { current_process, Pipe, Pool, Process } from 'multiprocessing-ts/sync';
import { EOFError, range, ValueError } from 'multiprocessing-ts/sync/builtins';
import {
  as_completed,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  wait,
} from 'multiprocessing-ts/sync/concurrent/futures';
import {
  Client,
  Listener,
  wait as wait_for_connections,
  type Connection,
} from 'multiprocessing-ts/sync/connection';
import { ThreadPool } from 'multiprocessing-ts/sync/pool';
import { sorted, thrownBy, type Door } from './door';

const offset = 100;

/** A subclass that sends what it has done. */
class Greeter extends Process {
  greeting: string;
  connection: Connection;

  constructor(greeting: string, connection: Connection) {
    super({ name: 'greeter' });
    this.greeting = greeting;
    this.connection = connection;
  }

  override run(): void {
    this.connection.send([this.greeting, current_process().name, current_process() === this]);
  }
}

/** What runs somewhere else: with calls that block. */
export const blockingCalls: readonly Door[] = [
  {
    id: 'd51',
    name: 'sync Pool',
    run() {
      using pool = new Pool(2);
      assert.deepEqual(
        pool.map((x) => x * x + offset, range(5)),
        [100, 101, 104, 109, 116],
      );
      assert.deepEqual(
        pool.starmap((a: number, b: number) => a - b, [[5, 2]] as [number, number][]),
        [3],
      );
      const seen: number[] = [];
      const result = pool.apply_async(Math.hypot, [3, 4], { callback: (value) => seen.push(value) });
      assert.equal(result.get(60), 5);
      assert.deepEqual(seen, [5]);
      assert.deepEqual([...pool.imap((n: number) => `item ${n}`, range(2))], ['item 0', 'item 1']);
      assert.deepEqual(sorted(pool.imap_unordered(async (n: number) => n * 10, range(4))), [0, 10, 20, 30]);
      const error = thrownBy(() =>
        pool.apply(() => {
          throw new ValueError('bad');
        }),
      );
      assert.ok(error instanceof ValueError && error.message === 'bad');
    },
  },
  {
    id: 'd52',
    name: 'sync ThreadPool',
    run() {
      using pool = new ThreadPool(2);
      const digits = new Int32Array(new SharedArrayBuffer(40));
      pool.map((n) => Atomics.add(digits, n % 10, 1), range(100));
      assert.deepEqual([...digits], Array<number>(10).fill(10));
    },
  },
  {
    id: 'd53',
    name: 'sync Process',
    run() {
      const [ours, theirs] = Pipe();
      const child = new Process({
        target: (connection: Connection, base: number) => {
          connection.send(base + offset);
          process.exit(7);
        },
        args: [theirs, 1],
      });
      child.start();
      theirs.close();
      assert.equal(ours.recv(), 101);
      child.join();
      assert.equal(child.exitcode, 7);
    },
  },
  {
    id: 'd54',
    name: 'a subclass of sync Process',
    run() {
      const [ours, theirs] = Pipe(false);
      const greeter = new Greeter('hello', theirs);
      greeter.start();
      assert.deepEqual(ours.recv(), ['hello', 'greeter', true]);
      greeter.join();
      assert.equal(greeter.exitcode, 0);
    },
  },
  {
    id: 'd55',
    name: 'sync Pipe and wait',
    run() {
      const children: Process[] = [];
      const readers = [1, 2].map((n) => {
        const [reader, writer] = Pipe(false);
        const target = (to: Connection, x: number): void => {
          to.send(x * 10);
        };
        const child = new Process({ target, args: [writer, n] });
        child.start();
        children.push(child);
        writer.close();
        return reader;
      });
      const got: number[] = [];
      const open = new Set(readers);
      while (open.size > 0) {
        for (const ready of wait_for_connections([...open])) {
          const reader = ready;
          try {
            got.push(reader.recv() as number);
          } catch (error) {
            assert.ok(error instanceof EOFError);
            open.delete(reader);
          }
        }
      }
      assert.deepEqual(sorted(got), [10, 20]);
      for (const child of children) child.join();
    },
  },
  {
    id: 'd56',
    name: 'sync Listener and Client',
    run() {
      const authkey = Buffer.from('a long secret');
      using listener = new Listener(['localhost', 0], { authkey });
      const client = new Process({
        target: (address: [string, number], key: Buffer) => {
          using connection = Client(address, { authkey: key });
          connection.send({ doubled: (connection.recv() as number) * 2 });
        },
        args: [listener.address as [string, number], authkey],
      });
      client.start();
      using connection = listener.accept();
      connection.send(21);
      assert.deepEqual(connection.recv(), { doubled: 42 });
      client.join();
      assert.equal(client.exitcode, 0);
    },
  },
  {
    id: 'd57',
    name: 'sync ProcessPoolExecutor',
    run() {
      using executor = new ProcessPoolExecutor(2);
      const futures = [2, 3].map((n) => executor.submit((base, exponent) => base ** exponent, n, 10));
      const got = [...as_completed(futures)].map((future) => future.result());
      assert.deepEqual(sorted(got), [1024, 59049]);
      assert.deepEqual([...executor.map((a, b) => a + b + offset, [1, 2], [10, 20])], [111, 122]);
    },
  },
  {
    id: 'd58',
    name: 'sync ThreadPoolExecutor',
    run() {
      using executor = new ThreadPoolExecutor(2);
      const futures = [1, 2, 3].map((n) => executor.submit((x) => x * x, n));
      const { done, not_done } = wait(futures);
      assert.deepEqual([done.size, not_done.size], [3, 0]);
      assert.deepEqual(
        futures.map((future) => future.result()),
        [1, 4, 9],
      );
    },
  },
];
