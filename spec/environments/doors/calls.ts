import assert from 'node:assert/strict';
import { current_process, Pipe, Pool, Process, type Connection } from 'multiprocessing-ts';
import { EOFError, range, ValueError } from 'multiprocessing-ts/builtins';
import {
  as_completed,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  wait,
} from 'multiprocessing-ts/concurrent/futures';
import { Client, Listener, wait as wait_for_connections } from 'multiprocessing-ts/connection';
import { joinall, sleep, spawn } from 'multiprocessing-ts/gevent';
import { Pool as Coroutines } from 'multiprocessing-ts/gevent/pool';
import { ThreadPool } from 'multiprocessing-ts/pool';
import { sorted, type Door } from './door';

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

  override async run(): Promise<void> {
    await this.connection.send([this.greeting, current_process().name, current_process() === this]);
  }
}

/** What runs somewhere else: with calls that wait. */
export const calls: readonly Door[] = [
  {
    id: 'd01',
    name: 'Pool',
    async run() {
      await using pool = new Pool(2);
      assert.deepEqual(await pool.map((x) => x * x + offset, range(5)), [100, 101, 104, 109, 116]);
      assert.deepEqual(
        await pool.starmap((a: number, b: number) => a - b, [[5, 2]] as [number, number][]),
        [3],
      );
      const seen: number[] = [];
      const result = pool.apply_async(Math.hypot, [3, 4], { callback: (value) => seen.push(value) });
      assert.equal(await result.get(60), 5);
      assert.deepEqual(seen, [5]);
      const lines: string[] = [];
      for await (const line of pool.imap((n: number) => `item ${n}`, range(3))) lines.push(line);
      assert.deepEqual(lines, ['item 0', 'item 1', 'item 2']);
      const tens: number[] = [];
      for await (const ten of pool.imap_unordered(async (n: number) => n * 10, range(4))) tens.push(ten);
      assert.deepEqual(sorted(tens), [0, 10, 20, 30]);
      const fails = pool.apply(() => {
        throw new ValueError('bad');
      });
      await assert.rejects(fails, (error) => error instanceof ValueError && error.message === 'bad');
    },
  },
  {
    id: 'd02',
    name: 'ThreadPool',
    async run() {
      await using pool = new ThreadPool(2);
      const digits = new Int32Array(new SharedArrayBuffer(40));
      await pool.map((n) => Atomics.add(digits, n % 10, 1), range(100));
      assert.deepEqual([...digits], Array<number>(10).fill(10));
    },
  },
  {
    id: 'd03',
    name: 'Process',
    async run() {
      const [ours, theirs] = Pipe();
      const child = new Process({
        target: async (connection: Connection, base: number) => {
          await connection.send(base + offset);
          process.exit(7);
        },
        args: [theirs, 1],
      });
      child.start();
      theirs.close();
      assert.equal(await ours.recv(), 101);
      await child.join();
      assert.equal(child.exitcode, 7);
    },
  },
  {
    id: 'd04',
    name: 'a subclass of Process',
    async run() {
      const [ours, theirs] = Pipe(false);
      const greeter = new Greeter('hello', theirs);
      greeter.start();
      assert.deepEqual(await ours.recv(), ['hello', 'greeter', true]);
      await greeter.join();
      assert.equal(greeter.exitcode, 0);
    },
  },
  {
    id: 'd05',
    name: 'Pipe and wait',
    async run() {
      const readers = [1, 2].map((n) => {
        const [reader, writer] = Pipe(false);
        new Process({ target: (to: Connection, x: number) => to.send(x * 10), args: [writer, n] }).start();
        writer.close();
        return reader;
      });
      const got: number[] = [];
      const open = new Set(readers);
      while (open.size > 0) {
        for (const ready of await wait_for_connections([...open])) {
          const reader = ready;
          try {
            got.push((await reader.recv()) as number);
          } catch (error) {
            assert.ok(error instanceof EOFError);
            open.delete(reader);
          }
        }
      }
      assert.deepEqual(sorted(got), [10, 20]);
    },
  },
  {
    id: 'd06',
    name: 'Listener and Client',
    async run() {
      const authkey = Buffer.from('a long secret');
      await using listener = new Listener(['localhost', 0], { authkey });
      const client = new Process({
        target: async (address: [string, number], key: Buffer) => {
          const connection = await Client(address, { authkey: key });
          await connection.send({ doubled: ((await connection.recv()) as number) * 2 });
          connection.close();
        },
        args: [listener.address as [string, number], authkey],
      });
      client.start();
      const connection = await listener.accept();
      await connection.send(21);
      assert.deepEqual(await connection.recv(), { doubled: 42 });
      connection.close();
      await client.join();
      assert.equal(client.exitcode, 0);
    },
  },
  {
    id: 'd07',
    name: 'ProcessPoolExecutor',
    async run() {
      await using executor = new ProcessPoolExecutor(2);
      const futures = [2, 3].map((n) => executor.submit((base, exponent) => base ** exponent, n, 10));
      const got: number[] = [];
      for await (const future of as_completed(futures)) got.push(await future.result());
      assert.deepEqual(sorted(got), [1024, 59049]);
      const sums: number[] = [];
      for await (const sum of executor.map((a, b) => a + b + offset, [1, 2], [10, 20])) sums.push(sum);
      assert.deepEqual(sums, [111, 122]);
    },
  },
  {
    id: 'd08',
    name: 'ThreadPoolExecutor',
    async run() {
      await using executor = new ThreadPoolExecutor(2);
      const futures = [1, 2, 3].map((n) => executor.submit((x) => x * x, n));
      const { done, not_done } = await wait(futures);
      assert.deepEqual([done.size, not_done.size], [3, 0]);
      assert.deepEqual(await Promise.all(futures.map((future) => future.result())), [1, 4, 9]);
    },
  },
  {
    id: 'd09',
    name: 'gevent',
    async run() {
      const jobs = [1, 2].map((n) =>
        spawn(async (x: number) => {
          await sleep(0.001);
          return x * 2;
        }, n),
      );
      await joinall(jobs);
      assert.deepEqual(
        jobs.map((job) => job.value),
        [2, 4],
      );
      const coroutines = new Coroutines(2);
      let running = 0;
      let most = 0;
      const squares = await coroutines.map(
        async (x: number) => {
          most = Math.max(most, ++running);
          await sleep(0);
          running--;
          return x * x;
        },
        [1, 2, 3, 4],
      );
      assert.deepEqual([squares, most], [[1, 4, 9, 16], 2]);
    },
  },
];
