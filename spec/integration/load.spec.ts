import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { Pool, ThreadPool } from 'multiprocessing-ts/pool';
import { inDirectory, inTime, testOnLinux, until, workers } from '../support/processes';

/** Who waits for whom, and how much lies around meanwhile. */
let pool: Pool;

afterEach(async () => {
  await pool.terminate();
});

/** The same for both kinds of workers. */
const KINDS = [
  { kind: 'processes', make: Pool },
  { kind: 'threads', make: ThreadPool },
];

/** Runs until a file appears: as long as it takes, and no longer. */
function hold(file: string): string {
  const { existsSync } = require('node:fs') as typeof import('node:fs');
  while (!existsSync(file));
  return 'held';
}

/** The same function, short and long: what is known of its pace is wrong for the long call. */
function shortOrLong(file: string | null, n: number): number {
  const { existsSync } = require('node:fs') as typeof import('node:fs');
  if (file !== null) while (!existsSync(file));
  return n;
}

describe.each(KINDS)('$kind', ({ make }) => {
  describe('short calls are not held behind a long one', () => {
    test('of another function', async () => {
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        pool = new make(2);
        const long = pool.apply_async(hold, [gate]);
        const short = Array.from({ length: 500 }, (_, i) => pool.apply_async((n: number) => n, [i]));
        await inTime(Promise.all(short.map((result) => result.get())), 'the short calls');
        expect(long.ready()).toBe(false);
        writeFileSync(gate, '');
        expect(await inTime(long.get(), 'the long call')).toBe('held');
      });
    });

    test('of the same function, known to be fast', async () => {
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        pool = new make(2);
        for (let i = 0; i < 5; i++) {
          await Promise.all(Array.from({ length: 500 }, () => pool.apply(shortOrLong, [null, 1])));
        }
        const calls = Array.from({ length: 500 }, (_, i) =>
          pool.apply_async(shortOrLong, [i === 100 ? gate : null, i]),
        );
        const others = calls.filter((_, i) => i !== 100);
        await inTime(Promise.all(others.map((call) => call.get())), 'the short calls');
        expect(calls[100]?.ready()).toBe(false);
        writeFileSync(gate, '');
        expect(await inTime(calls[100]?.get() as Promise<number>, 'the long call')).toBe(100);
      });
    });

    test('though as many long ones come as there are workers but one', async () => {
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        pool = new make(4);
        await Promise.all(Array.from({ length: 1000 }, () => pool.apply(shortOrLong, [null, 1])));
        const calls = Array.from({ length: 400 }, (_, i) =>
          pool.apply_async(shortOrLong, [[3, 50, 51].includes(i) ? gate : null, i]),
        );
        const others = calls.filter((_, i) => ![3, 50, 51].includes(i));
        await inTime(Promise.all(others.map((call) => call.get())), 'the short calls');
        expect(calls.filter((call) => !call.ready()).length).toBe(3);
        writeFileSync(gate, '');
        await inTime(Promise.all(calls.map((call) => call.get())), 'the long calls');
      });
    });

    test('that waits asynchronously', async () => {
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        pool = new make(2);
        const task = async (file: string | null, n: number): Promise<number> => {
          const { existsSync } = require('node:fs') as typeof import('node:fs');
          while (file !== null && !existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
          return n;
        };
        await Promise.all(Array.from({ length: 1000 }, () => pool.apply(task, [null, 1])));
        const calls = Array.from({ length: 300 }, (_, i) =>
          pool.apply_async(task, [i === 20 ? gate : null, i]),
        );
        await inTime(
          Promise.all(calls.filter((_, i) => i !== 20).map((call) => call.get())),
          'the short calls',
        );
        expect(calls[20]?.ready()).toBe(false);
        writeFileSync(gate, '');
        await inTime(Promise.all(calls.map((call) => call.get())), 'the long call');
      });
    });

    test('in imap_unordered', async () => {
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        pool = new make(2);
        const seen: number[] = [];
        const items = Array.from({ length: 300 }, (_, i) => i);
        const task = (n: number): number => {
          const { existsSync } = require('node:fs') as typeof import('node:fs');
          if (n === 10) while (!existsSync(gate));
          return n;
        };
        for await (const n of pool.imap_unordered(task, items)) {
          seen.push(n);
          if (seen.length === 299) writeFileSync(gate, '');
        }
        expect(seen.at(-1)).toBe(10);
        expect(seen.sort((a, b) => a - b)).toEqual(items);
      });
    });
  });

  describe('many small results', () => {
    test.each(['sync', 'async'] as const)('while the parent does not listen: %s', async (kind) => {
      pool = new make(1);
      const byte = new Uint8Array(1);
      const run: (byte: unknown, n: number) => number | Promise<number> = {
        sync: (_: unknown, n: number) => n,
        async: async (_: unknown, n: number) => n,
      }[kind];
      for (let round = 0; round < 5; round++) {
        const calls = Array.from({ length: 1000 }, (_, i) => pool.apply(run, [byte, i]));
        await new Promise<void>((resolve) => setImmediate(resolve));
        const end = Date.now() + 50;
        while (Date.now() < end);
        expect(await inTime(Promise.all(calls), 'the calls')).toEqual(calls.map((_, i) => i));
      }
    });
  });

  describe('maxtasksperchild under load', () => {
    const record = (file: string, n: number): number => {
      const { appendFileSync: append } = require('node:fs') as typeof import('node:fs');
      append(file, `${process.pid}-${threadId} ${n}\n`);
      return n;
    };

    const perWorker = (file: string): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
        const [pid] = line.split(' ') as [string];
        counts.set(pid, (counts.get(pid) ?? 0) + 1);
      }
      return counts;
    };

    test.each([
      [1, 20],
      [3, 60],
      [50, 600],
    ])('%i: no worker runs more, and nothing of %i calls is lost', async (most, calls) => {
      await inDirectory(async (directory) => {
        const file = join(directory, 'ran');
        pool = new make(2, { maxtasksperchild: most });
        const results = await inTime(
          Promise.all(Array.from({ length: calls }, (_, i) => pool.apply(record, [file, i]))),
          'the calls',
        );
        expect(results).toEqual(results.map((_, i) => i));
        const counts = [...perWorker(file).values()];
        expect(Math.max(...counts)).toBeLessThanOrEqual(most);
        expect(counts.reduce((sum, each) => sum + each, 0)).toBe(calls);
      });
    });

    test('a chunk counts as one task', async () => {
      await inDirectory(async (directory) => {
        const file = join(directory, 'ran');
        pool = new make(2, { maxtasksperchild: 2 });
        await inTime(
          pool.starmap(
            record,
            Array.from({ length: 40 }, (_, i) => [file, i] as [string, number]),
            5,
          ),
          'the map',
        );
        const counts = [...perWorker(file).values()];
        expect(Math.max(...counts)).toBeLessThanOrEqual(10);
        expect(counts.every((count) => count % 5 === 0)).toBe(true);
      });
    });

    test('closed at once, all is still done (bpo-10332)', async () => {
      pool = new make(3, { maxtasksperchild: 1 });
      const results = Array.from({ length: 6 }, (_, i) =>
        pool.apply_async((n: number) => new Promise((resolve) => setTimeout(resolve, 20, n)), [i]),
      );
      pool.close();
      await inTime(pool.join(), 'join()');
      expect(await Promise.all(results.map((result) => result.get()))).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('deaths and limits together lose nothing', async () => {
      await inDirectory(async (directory) => {
        const file = join(directory, 'ran');
        pool = new make(2, { maxtasksperchild: 7 });
        const calls = Array.from({ length: 100 }, (_, i) =>
          pool.apply_async(
            (path: string, n: number) => {
              const { appendFileSync: append } = require('node:fs') as typeof import('node:fs');
              append(path, `${process.pid}-${threadId} ${n}\n`);
              if (n % 20 === 19) {
                // Nothing else ends one thread.
                if (threadId > 0) process.exit(1);
                process.kill(process.pid, 'SIGKILL');
              }
              return n;
            },
            [file, i],
          ),
        );
        pool.close();
        await inTime(pool.join(), 'join()');
        expect(calls.flatMap((call, i) => (call.successful() ? [] : [i]))).toEqual([19, 39, 59, 79, 99]);
        const counts = perWorker(file);
        expect(Math.max(...counts.values())).toBeLessThanOrEqual(7);
        expect([...counts.values()].reduce((sum, each) => sum + each, 0)).toBe(100);
      });
    });
  });

  describe('big messages', () => {
    test('64 MiB there and back', async () => {
      pool = new make(1);
      const size = 64 << 20;
      const data = Buffer.alloc(size);
      for (let i = 0; i < size; i += 4096) data.writeUInt32LE(i, i);
      const back = await inTime(
        pool.apply(
          (bytes: Uint8Array) => {
            for (let i = 0; i < bytes.length; i += 4096) bytes[i + 5] = 1;
            return bytes;
          },
          [data as Uint8Array],
        ),
        'the call',
      );
      expect(back.length).toBe(size);
      for (let i = 0; i < size; i += 4096) data[i + 5] = 1;
      expect(Buffer.compare(Buffer.from(back.buffer, back.byteOffset, back.length), data)).toBe(0);
    });

    test('strings of 20 MiB, of one byte and of more', async () => {
      pool = new make(2);
      const texts = ['x'.repeat(20 << 20), 'ü'.repeat(10 << 20), '\u{1f600}"\\\n'.repeat(3 << 20)];
      const back = await inTime(
        pool.map((text: string) => `${text}!`, texts, 1),
        'the map',
      );
      expect(back.map((text, i) => text === `${texts[i]}!`)).toEqual([true, true, true]);
    });

    test('a map of a million numbers', async () => {
      pool = new make(2);
      const numbers = Array.from({ length: 1_000_000 }, (_, i) => i / 4);
      const back = await inTime(
        pool.map((n: number) => n * 2, numbers),
        'the map',
      );
      expect(back.length).toBe(1_000_000);
      expect(back.every((n, i) => n === i / 2)).toBe(true);
    });

    test('an imap of 200,000 numbers', async () => {
      pool = new make(2);
      let sum = 0;
      for await (const n of pool.imap(
        (x: number) => x * 2,
        Array.from({ length: 200_000 }, (_, i) => i),
      ))
        sum += n;
      expect(sum).toBe(200_000 * 199_999);
    });

    test.each([10_000, 50_000])('%i levels deep: the value, or a clear error', async (levels) => {
      pool = new make(1);
      const nested = (): unknown[] => {
        let value: unknown[] = [];
        for (let i = 0; i < levels; i++) value = [value];
        return value;
      };
      const depth = (value: unknown): number => {
        let n = 0;
        for (let each = value; Array.isArray(each) && each.length > 0; n++) each = each[0];
        return n;
      };
      const clear = (error: unknown): string => (error as Error).name;
      const there = await inTime(pool.apply(depth, [nested()]).catch(clear), 'the argument');
      expect([levels, 'PicklingError', 'RangeError', 'RecursionError']).toContain(there);
      const back = await inTime(
        pool
          .apply(
            (n: number) => {
              let value: unknown[] = [];
              for (let i = 0; i < n; i++) value = [value];
              return value;
            },
            [levels],
          )
          .then(depth, clear),
        'the result',
      );
      expect([levels, 'MaybeEncodingError', 'RangeError']).toContain(back);
      expect(await pool.apply(() => 'well')).toBe('well');
    });

    // The memory of a thread is the one of this process, where the arguments lie anyway.
    if (make === ThreadPool) return;

    testOnLinux('large arguments do not pile up in a worker that awaits', async () => {
      pool = new make(1);
      const rss = (): number =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${workers()[0]}/status`, 'utf8'))?.[1]) / 1024;
      let open: (() => void) | null = null;
      await inDirectory(async (directory) => {
        const gate = join(directory, 'gate');
        const mark = join(directory, 'mark');
        open = () => {
          writeFileSync(gate, '');
        };
        const task = async (bytes: Uint8Array, wait: boolean): Promise<number> => {
          const fs = require('node:fs') as typeof import('node:fs');
          if (wait) fs.appendFileSync(mark, '.');
          while (wait && !fs.existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
          return bytes.length;
        };
        // Known to be as fast as can be.
        for (let i = 0; i < 10; i++) {
          await Promise.all(Array.from({ length: 500 }, () => pool.apply(task, [new Uint8Array(1), false])));
        }
        appendFileSync(mark, '');
        const before = rss();
        const calls = Array.from({ length: 200 }, () => pool.apply(task, [new Uint8Array(1 << 20), true]));
        await until(() => readFileSync(mark, 'utf8').length > 0, 'the first call runs');
        await new Promise((resolve) => setTimeout(resolve, 500));
        const during = rss();
        open();
        expect(await inTime(Promise.all(calls), 'the calls')).toEqual(new Array(200).fill(1 << 20));
        expect(during - before).toBeLessThan(80);
      });
    });
  });
});
