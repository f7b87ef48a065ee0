import type { SimpleQueue } from 'multiprocessing-ts';
import { Barrier, JoinableQueue, Lock, Process, Queue, Value } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { PicklingError } from 'multiprocessing-ts/reduction';
import { contract, excOf, soon } from '../support';
import { processes } from '../process/support';
import { FACADES } from './facades';
import { EMPTY, FULL, range, withPool } from './support';

/** Who shares a queue, what goes through it, and in which order. */
type Item = [producer: number, number: number, text: string];
type Items = Queue<Item | null>;
type Produce = (q: Items, me: number, count: number) => void | Promise<void>;
type Consume = (q: Items) => Item[] | Promise<Item[]>;

describe.each(FACADES)('$facade', ({ facade, Bare, methods, ...queues }) => {
  withPool(
    'a queue travels',
    2,
    (pool) => {
      test('as an argument of a task, and as its result', async () => {
        const q = new queues.Queue<number>();
        const again = await pool().apply(
          async (given: Queue<number>) => {
            await given.put(1);
            return given;
          },
          [q],
        );
        await again.put(2);
        expect([await q.get(), await q.get()]).toEqual([1, 2]);
      });

      test('in a closure, call after call', async () => {
        const q = new queues.Queue<number>();
        await pool().map((x: number) => q.put(x * x), range(20), 1);
        const seen = [];
        while (!q.empty()) seen.push(await q.get());
        expect(seen.sort((a, b) => a - b)).toEqual(range(20).map((x) => x * x));
      });

      test('through another queue, and the answer through itself', async () => {
        const requests = new queues.Queue<[number, SimpleQueue<number>]>();
        const serve = pool().apply_async(
          async (all: typeof requests) => {
            const [x, back] = await all.get();
            await back.put(x + 1);
          },
          [requests],
        );
        const back = new queues.SimpleQueue<number>();
        await requests.put([41, back]);
        expect(await soon(back.get())).toBe(42);
        await serve.get();
      });

      test('and stays of its class', async () => {
        const names = await pool().apply(
          (...queues: object[]) => queues.map((each) => each.constructor.name),
          [new queues.Queue(), new queues.JoinableQueue(), new queues.SimpleQueue()],
        );
        expect(names).toEqual(['Queue', 'JoinableQueue', 'SimpleQueue']);
      });

      test('with its bound', async () => {
        const q = new queues.Queue<number>(2);
        const put = (given: Queue<number>): void => {
          given.put_nowait(0);
        };
        await pool().apply(put, [q]);
        await pool().apply(put, [q]);
        expect(q.full()).toBe(true);
        expect(await excOf(() => pool().apply(put, [q]))).toEqual(FULL);
      });
    },
    methods,
  );

  withPool(
    'items',
    1,
    (pool) => {
      test('of every kind come as they were', async () => {
        const [there, back] = [new queues.Queue(), new queues.Queue()];
        const echo = pool().apply_async(
          async (a: Queue, b: Queue, count: number) => {
            for (let i = 0; i < count; i++) await b.put(await a.get());
          },
          [there, back, 12],
        );
        const items: unknown[] = [
          undefined,
          -0,
          2n ** 70n,
          'é☃𝒳',
          'x'.repeat(5_000_000),
          new Map([[{ a: 1 }, new Set([1, 2])]]),
          new Date(5),
          /x/giu,
          Float64Array.of(1, NaN),
          Buffer.alloc(3 << 20, 5),
          [Buffer.from('two'), new Uint8Array(5000).fill(2)],
          range(1000),
        ];
        for (const item of items) {
          await there.put(item);
          expect(await soon(back.get())).toStrictEqual(item);
        }
        await echo.get();
      });

      test('functions bring what they see, and instances their classes', async () => {
        const q = new queues.Queue<(x: number) => unknown>();
        const offset = 10;
        class Point {
          constructor(readonly x: number) {}
          get double(): number {
            return this.x * 2;
          }
        }
        const running = pool().apply_async(
          async (given: typeof q) => {
            const f = await given.get();
            const first = f(1) as { double: number };
            const second = (await given.get())(2) as { double: number };
            return [first.double, second.double, first.constructor === second.constructor];
          },
          [q],
        );
        const f = (x: number): Point => new Point(x + offset);
        await q.put(f);
        await q.put((x) => f(x * 2));
        expect(await soon(running.get())).toEqual([22, 28, true]);
      });

      test('made by a worker are of the classes that are here', async () => {
        class Found {
          constructor(readonly what: string) {}
        }
        const q = new queues.Queue<Found | Error>();
        await pool().apply(async () => {
          await q.put(new Found('it'));
          await q.put(new ValueError('no', { cause: new TypeError('why') }));
        });
        const found = (await q.get(false)) as Found;
        expect(found).toBeInstanceOf(Found);
        expect(found.what).toBe('it');
        const error = (await q.get(false)) as Error;
        expect(error).toBeInstanceOf(ValueError);
        expect([error.message, error.cause]).toEqual(['no', new TypeError('why')]);
      });

      test('may be locks and shared values', async () => {
        const q = new queues.Queue<[Lock, ReturnType<typeof Value>]>();
        const value = Value('i', 1);
        await q.put([new Lock(), value] as never);
        await pool().apply(
          async (given: Queue<[Lock, { value: number }]>) => {
            const [lock, shared] = await given.get(false);
            await lock.acquire();
            shared.value = 5;
            lock.release();
          },
          [q as never],
        );
        expect(value.value).toBe(5);
      });
    },
    methods,
  );

  contract(
    'a queue and the life of a pool',
    (makePool) => {
      test('is given to an initializer, deep in other values', async () => {
        const q = new queues.Queue<string>();
        const init = (given: { deep: Map<string, Queue<string>> }): void => {
          (globalThis as { specQueue?: Queue<string> }).specQueue = given.deep.get('here') as Queue<string>;
        };
        const pool = makePool({
          processes: 1,
          initializer: init,
          initargs: [{ deep: new Map([['here', q]]) }],
        });
        await pool.apply(() => (globalThis as { specQueue?: Queue<string> }).specQueue?.put('initialized'));
        expect(await q.get(false)).toBe('initialized');
      });

      test('outlives the worker that made it, with what is in it', async () => {
        const pool = makePool(1);
        const q = await pool.apply(async () => {
          const made = new Bare<{ size: number; bytes: Buffer }>(3);
          await made.put({ size: 100_000, bytes: Buffer.alloc(100_000, 7) });
          return made;
        });
        await pool.terminate();
        const { size, bytes } = await q.get(false);
        expect(bytes.equals(Buffer.alloc(size, 7))).toBe(true);
        await q.put({ size: 0, bytes });
        expect(q.qsize()).toBe(1);
      });
    },
    undefined,
    methods,
  );

  withPool(
    'many producers and consumers',
    6,
    (pool) => {
      const EACH = 500;
      const produce: Produce = async (q, me, count) => {
        for (let i = 0; i < count; i++) await q.put([me, i, 'x'.repeat(i % 100)]);
      };
      const consume: Consume = async (q) => {
        const seen: Item[] = [];
        for (let item = await q.get(); item !== null; item = await q.get()) seen.push(item);
        return seen;
      };
      const produceBlocking: Produce = (q, me, count) => {
        for (let i = 0; i < count; i++) q.putSync([me, i, 'x'.repeat(i % 100)]);
      };
      const consumeBlocking: Consume = (q) => {
        const seen: Item[] = [];
        for (let item = q.getSync(); item !== null; item = q.getSync()) seen.push(item);
        return seen;
      };

      // All of the other facade block.
      const kinds = [
        { name: 'an endless queue', maxsize: 0, blocking: false },
        { name: 'a bounded one', maxsize: 3, blocking: false },
        { name: 'one of which half the others block', maxsize: 7, blocking: true },
      ].filter(({ blocking }) => !blocking || facade === 'async');

      test.each(kinds)(
        'each item of $name comes once, and those of one producer in order',
        async ({ maxsize, blocking }) => {
          const q = new queues.Queue<Item | null>(maxsize);
          const roles = <F>(first: F, second: F): F[] =>
            range(3).map((i) => (blocking && i === 0 ? first : second));
          const consuming = roles(consumeBlocking, consume).map((f) => pool().apply_async(f, [q]));
          const producing = roles(produceBlocking, produce).map((f, i) =>
            pool().apply_async(f, [q, i, EACH]),
          );
          for (const each of producing) await each.get(45);
          for (let i = 0; i < consuming.length; i++) await q.put(null);
          const seen = await Promise.all(consuming.map((each) => each.get(45)));

          for (const list of seen) {
            for (const producer of range(3)) {
              const numbers = list.filter(([who]) => who === producer).map(([, i]) => i);
              expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
            }
          }
          const all = seen.flat().map(([who, i, text]) => `${who}/${i}/${text.length}`);
          expect(all.sort()).toEqual(
            range(3)
              .flatMap((who) => range(EACH).map((i) => `${who}/${i}/${i % 100}`))
              .sort(),
          );
          expect(q.empty()).toBe(true);
        },
      );
    },
    methods,
  );
});

describe('what cannot be an item', () => {
  test.each([
    [
      'a SharedArrayBuffer: nobody knows whether a thread or a process will take it',
      new SharedArrayBuffer(8),
    ],
    ['a promise', Promise.resolve()],
  ])('%s', async (_, item) => {
    const q = new Queue();
    await expect(q.put({ in: [item] })).rejects.toThrow(PicklingError);
    await expect(q.put({ in: [item] })).rejects.toThrow(/reached through:\s+\.in\s+\[0\]$/);
    expect(() => {
      q.put_nowait(item);
    }).toThrow(PicklingError);
    expect(q.empty()).toBe(true);
  });
});

processes('those who wait', (Process) => {
  test('a JoinableQueue is joined when all is done, by whoever did it', async () => {
    const q = new JoinableQueue<number | null>();
    const done = Value('i', 0);
    const work = async (given: typeof q, count: typeof done) => {
      for (let item = await given.get(); item !== null; item = await given.get()) {
        await count.get_lock().acquire();
        count.value++;
        count.get_lock().release();
        given.task_done();
      }
      given.task_done();
    };
    const joiner = (given: typeof q, count: typeof done, back: Queue<number>): void => {
      given.joinSync();
      back.putSync(count.value);
    };
    const back = new Queue<number>();
    for (const i of range(200)) await q.put(i);
    const others = range(3).map(() => new Process({ target: work, args: [q, done] }));
    others.push(new Process({ target: joiner, args: [q, done, back] }));
    for (const p of others) p.start();
    await soon(q.join());
    expect(done.value).toBe(200);
    expect(await soon(back.get())).toBe(200);
    for (let i = 0; i < 3; i++) await q.put(null);
    await soon(q.join());
    for (const p of others) await p.join();
    expect(() => {
      q.task_done();
    }).toThrow('task_done() called too many times');
  });

  test('one that blocks its thread is woken, and gives up in time', async () => {
    const [q, back] = [new Queue<number>(1), new Queue<unknown>()];
    const child = (given: Queue<number>, answers: Queue): void => {
      const start = performance.now();
      let error: unknown;
      try {
        given.getSync(true, 0.1);
      } catch (thrown) {
        error = (thrown as Error).name;
      }
      answers.putSync([error, performance.now() - start >= 99]);
      answers.putSync(given.getSync());
      given.putSync(1);
      try {
        given.putSync(2, { timeout: 0.05 });
      } catch (thrown) {
        error = (thrown as Error).name;
      }
      answers.putSync(error);
      given.putSync(3);
      answers.putSync('put');
    };
    const p = new Process({ target: child, args: [q, back] });
    p.start();
    expect(await soon(back.get())).toEqual(['Empty', true]);
    await q.put(5);
    expect(await soon(back.get())).toBe(5);
    expect(await soon(back.get())).toBe('Full');
    expect(await soon(q.get())).toBe(1);
    expect(await soon(back.get())).toBe('put');
    expect(await soon(q.get())).toBe(3);
    await p.join();
  });
});

describe('calls of one thread that overlap', () => {
  test('are served in their order', async () => {
    const q = new Queue<number>(2);
    const gets = range(5).map(() => q.get());
    const puts = range(5).map((i) => q.put(i));
    expect(await soon(Promise.all(gets))).toEqual(range(5));
    await Promise.all(puts);
    const more = range(5).map((i) => q.put(i));
    expect(q.qsize()).toBe(2);
    const later = range(5).map(() => q.get());
    expect(await soon(Promise.all(later))).toEqual(range(5));
    await soon(Promise.all(more));
  });

  test('through two objects of one queue too', async () => {
    const box = new Queue<Queue<number>>();
    const q = new Queue<number>();
    await box.put(q);
    const other = await box.get();
    const gets = [q.get(), other.get(), q.get(), other.get()];
    for (const i of range(4)) await (i % 2 === 0 ? other : q).put(i);
    expect((await soon(Promise.all(gets))).sort()).toEqual(range(4));
  });

  test('one that gives up leaves its place to the next', async () => {
    const q = new Queue<number>();
    const hasty = excOf(() => q.get(true, 0.05));
    const patient = q.get();
    expect(await soon(hasty)).toEqual(EMPTY);
    await q.put(1);
    expect(await soon(patient)).toBe(1);
  });

  test('an item that waits for room is as it was at the call', async () => {
    const q = new Queue<{ bytes: Buffer; list: number[] }>(1);
    const item = { bytes: Buffer.alloc(10, 1), list: [1] };
    await q.put(item);
    const waiting = q.put(item);
    item.bytes.fill(9);
    item.list.push(2);
    await q.get();
    await waiting;
    expect(await q.get()).toEqual({ bytes: Buffer.alloc(10, 1), list: [1] });
  });

  test('a loop over what is there leaves timers their turn', async () => {
    const q = new Queue<number>();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // So many take much longer than ten ticks.
    for (let i = 0; i < 1_000_000 && ticks < 10; i++) {
      await q.put(1);
      await q.get();
    }
    clearInterval(timer);
    expect(ticks).toBe(10);
  });
});

test('a producer waits for who takes: no more than fit are ever in', async () => {
  const q = new Queue<number>(3);
  let most = 0;
  const put = (async () => {
    for (let i = 0; i < 500; i++) {
      await q.put(i);
      most = Math.max(most, q.qsize());
    }
  })();
  for (let i = 0; i < 500; i++) expect(await q.get()).toBe(i);
  await put;
  expect(most).toBeLessThanOrEqual(3);
});

describe('the memory of items', () => {
  test('is given back: many of them take no more than one', async () => {
    const answers = new Queue<number[]>();
    const child = (back: Queue<number[]>, q: Queue): void => {
      const { fstatSync, readdirSync, readlinkSync } = process.getBuiltinModule('fs');
      const fd = readdirSync('/proc/self/fd').find((each) => {
        try {
          return readlinkSync(`/proc/self/fd/${each}`).includes('multiprocessing-ts-');
        } catch {
          return false;
        }
      });
      const used = (): number => fstatSync(Number(fd)).blocks * 512;
      const pass = (item: unknown, count: number): void => {
        for (let i = 0; i < count; i++) {
          q.put_nowait(item);
          q.get_nowait();
        }
      };
      const kinds: [unknown, number][] = [
        [1, 150_000],
        ['a line of text that is a little longer', 150_000],
        [[1, { two: 'three' }], 50_000],
        [Buffer.alloc(5000, 1), 5_000],
        [[new Uint8Array(1 << 20), new Uint8Array(3000)], 50],
        [new Uint8Array(3 << 20), 20],
      ];
      for (const [item] of kinds) pass(item, 2);
      const before = used();
      for (const [item, count] of kinds) pass(item, count);
      back.put_nowait([before, used()]);
    };
    const p = new Process({ target: child, args: [answers, new Queue()] });
    p.start();
    const [before, after] = (await soon(answers.get())) as [number, number];
    await p.join();
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(before);
  });
});

test('a barrier comes through a queue as the same barrier', async () => {
  const q = new Queue<Barrier>();
  const barrier = new Barrier(2);
  await q.put(barrier);
  const other = await q.get();
  expect((await soon(Promise.all([barrier.wait(), other.wait()]))).sort()).toEqual([0, 1]);
});

describe('the error of what cannot be sent', () => {
  const before = Error.stackTraceLimit;
  beforeEach(() => {
    // Node's own; Jest's is 100.
    Error.stackTraceLimit = 10;
  });
  afterEach(() => {
    Error.stackTraceLimit = before;
  });

  test('names the line that sends it', () => {
    const deep = (levels: number): unknown => (levels === 0 ? new WeakRef({}) : [deep(levels - 1)]);
    const q = new Queue<unknown>();
    const sent = q.put(deep(10)).catch((error: unknown) => (error as Error).stack);
    return expect(sent).resolves.toContain('sharing.spec');
  });
});
