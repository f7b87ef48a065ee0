import { Event, Pipe as PipeOfPromises, Queue, Value } from 'multiprocessing-ts';
import { PicklingError } from 'multiprocessing-ts/reduction';
import type { Connection } from 'multiprocessing-ts/connection';
import { Full } from 'multiprocessing-ts/queue';
import { contract, excOf, soon } from '../support';
import { FACADES } from './facades';
import { closeAll, pipe as promising, pipesOf, sharedBytes } from './support';

/** Connections with pools, and what JavaScript adds to Python's. */
afterEach(closeAll);

const END = { type: 'EOFError', str: '' };

describe.each(FACADES)('$facade', ({ methods, Pipe, wait }) => {
  const pipe = pipesOf(Pipe);

  contract(
    'connections in calls of a pool',
    (makePool) => {
      test('travel as arguments', async () => {
        const [r, w] = pipe(false);
        const pool = makePool(1);
        await pool.apply((c: Connection) => c.send('from the worker'), [w]);
        expect(await soon(r.recv())).toBe('from the worker');
      });

      test('and in closures, call after call', async () => {
        const [r, w] = pipe(false);
        const pool = makePool(2);
        await pool.map((x: number) => w.send(x * x), [1, 2, 3, 4], 1);
        const seen = new Set<unknown>();
        for (let i = 0; i < 4; i++) seen.add(await soon(r.recv()));
        expect(seen).toEqual(new Set([1, 4, 9, 16]));
      });

      test('and back as results', async () => {
        const [r, w] = pipe(false);
        const pool = makePool(1);
        const again = await pool.apply((c: Connection) => c, [w]);
        await again.send('there and back');
        expect(await soon(r.recv())).toBe('there and back');
        again.close();
      });

      test('and a worker sends some that it has made', async () => {
        const [a, b] = pipe();
        const pool = makePool(1);
        const running = pool.apply_async(
          async (c: Connection) => {
            const [r, w] = PipeOfPromises(false);
            await c.send(w);
            w.close();
            return [await r.recv(), await r.recv().catch((error: unknown) => (error as Error).name)];
          },
          [b],
        );
        const w = (await soon(a.recv())) as Connection;
        await w.send('hello');
        w.close();
        expect(await soon(running.get())).toEqual(['hello', 'EOFError']);
      });

      test('and through queues', async () => {
        const [r, w] = pipe(false);
        const queue = new Queue<Connection>();
        const pool = makePool(1);
        const running = pool.apply_async(
          async (q: Queue<Connection>) => {
            const c = await q.get();
            await c.send('by a queue');
            c.close();
          },
          [queue],
        );
        await queue.put(w);
        w.close();
        expect(await soon(r.recv())).toBe('by a queue');
        expect(await excOf(() => soon(r.recv()))).toEqual(END);
        await running.get();
      });

      test('what came while this process was busy is ready, though the time is over', async () => {
        const [r, w] = pipe(false);
        const [begun, begin, sent] = [new Event(), new Event(), Value('i', 0)];
        const running = makePool(1).apply_async(async () => {
          begun.set();
          await begin.wait();
          await w.send('in time');
          sent.value = 1;
        });
        await soon(begun.wait());
        const waited = wait([r], 0.02);
        begin.set();
        const busy = performance.now();
        while (sent.value === 0 || performance.now() - busy < 40)
          if (performance.now() - busy > 45_000) break;
        expect((await waited).map((each) => each === r)).toEqual([true]);
        await running.get();
      });

      test('functions and classes go through a pipe', async () => {
        const [a, b] = pipe();
        const pool = makePool(1);
        const offset = 10;
        class Point {
          constructor(readonly x: number) {}
          get double(): number {
            return this.x * 2;
          }
        }
        const running = pool.apply_async(
          async (c: Connection) => {
            const [f, p] = (await c.recv()) as [(x: number) => number, { double: number }];
            await c.send([f(1), p.double]);
          },
          [b],
        );
        await a.send([(x: number) => x + offset, new Point(4)]);
        expect(await soon(a.recv())).toEqual([11, 8]);
        await running.get();
      });
    },
    undefined,
    methods,
  );

  describe('messages', () => {
    test('values of each kind', async () => {
      const [r, w] = pipe(false);
      const values = [
        undefined,
        null,
        -0,
        12n,
        'é✓',
        [1.5, [2]],
        new Map([['a', new Set([1])]]),
        new Date(5),
        Float64Array.of(1, 2),
        Buffer.alloc(10_000, 3),
        Array.from({ length: 1000 }, (_, i) => i),
      ];
      for (const value of values) {
        await w.send(value);
        expect(await r.recv()).toEqual(value);
      }
    });

    test('recv_bytes of a value gives its bytes, which begin as pickles do', async () => {
      const [r, w] = pipe(false);
      await w.send([1, 'x']);
      expect((await r.recv_bytes())[0]).toBe(0x80);
    });
  });

  test('fileno is a number of its own, that wait takes', async () => {
    const [a, b] = pipe();
    expect(a.fileno()).not.toBe(b.fileno());
    await b.send(1);
    expect(await wait([a.fileno(), b.fileno()], 45)).toEqual([a.fileno()]);
  });

  test('a connection that was sent is held on its way, even if it is closed here', async () => {
    const [r, w] = pipe(false);
    const [through, out] = pipe(false);
    await out.send(w);
    w.close();
    expect(await r.poll(0.2)).toBe(false);
    const again = (await through.recv()) as Connection;
    await again.send('still here');
    again.close();
    expect(await r.recv()).toBe('still here');
    expect(await excOf(() => soon(r.recv()))).toEqual(END);
  });

  test('a closed connection cannot be sent', async () => {
    const [a, b] = pipe();
    const [c] = pipe();
    c.close();
    expect((await excOf(() => a.send(c))).str).toContain('handle is closed');
    expect(await b.poll()).toBe(false);
  });

  test('pipes that are closed give their memory back', async () => {
    const use = async (): Promise<void> => {
      const [a, b] = pipe();
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        for (let i = 0; i < 6; i++) await from.send_bytes(Buffer.alloc(10_000, 1));
        expect((await to.recv_bytes()).length).toBe(10_000);
      }
      // What is in them is given back with them.
      closeAll();
    };
    await use();
    const before = sharedBytes();
    for (let i = 0; i < 300; i++) await use();
    expect(sharedBytes()).toBeLessThan(before + 2 ** 20);
  });
});

/* What overlaps in one thread can only be promised. */
const pipe = promising;

describe('what does not fit into a queue', () => {
  test.each([
    ['put_nowait', (q: Queue<Connection>, c: Connection) => q.put_nowait(c)],
    ['putSync', (q: Queue<Connection>, c: Connection) => q.putSync(c, true, 0.01)],
    ['put', (q: Queue<Connection>, c: Connection) => q.put(c, true, 0.01)],
  ])('holds no end of a pipe: %s', async (_name, put) => {
    const [q, [r, w]] = [new Queue<Connection>(1), pipe(false)];
    await q.put(w);
    await expect((async () => put(q, w))()).rejects.toThrow(Full);
    (await q.get()).close();
    w.close();
    expect(await excOf(() => soon(r.recv()))).toEqual(END);
  });
});

describe('calls that overlap', () => {
  test('are served in their order', async () => {
    const [r, w] = pipe(false);
    const received = [r.recv(), r.recv(), r.recv()];
    const sent = [w.send(1), w.send(2), w.send(3)];
    expect(await Promise.all(received)).toEqual([1, 2, 3]);
    await Promise.all(sent);
  });

  test('short messages do not overtake long ones that wait', async () => {
    const [r, w] = pipe(false);
    const sizes = [6 << 20, 6 << 20, 1, 100_000, 2];
    const sent = sizes.map((size) => w.send_bytes(Buffer.alloc(size, 1)));
    const seen: number[] = [];
    for (let i = 0; i < sizes.length; i++) seen.push((await soon(r.recv_bytes())).length);
    expect(seen).toEqual(sizes);
    await Promise.all(sent);
  });

  test('what is sent is as it was at the call', async () => {
    const [r, w] = pipe(false);
    const bytes = Buffer.alloc(6 << 20, 1);
    const list = [1];
    const sent = [
      w.send_bytes(bytes),
      w.send_bytes(bytes),
      w.send(list),
      w.send_bytes(bytes.subarray(0, 10)),
    ];
    bytes.fill(2);
    list.push(2);
    expect((await soon(r.recv_bytes())).every((byte) => byte === 1)).toBe(true);
    expect((await soon(r.recv_bytes())).every((byte) => byte === 1)).toBe(true);
    expect(await soon(r.recv())).toEqual([1]);
    expect([...(await soon(r.recv_bytes()))]).toEqual(Array<number>(10).fill(1));
    await Promise.all(sent);
  });

  test('a refused value leaves the ones around it', async () => {
    const [r, w] = pipe(false);
    await w.send('before');
    await expect(w.send(new WeakRef({}))).rejects.toThrow(PicklingError);
    await w.send('after');
    expect([await r.recv(), await r.recv(), await r.poll()]).toEqual(['before', 'after', false]);
  });

  test('a loop that never has to wait lets timers run', async () => {
    const [r, w] = pipe(false);
    const seen = { timer: false };
    setTimeout(() => (seen.timer = true), 1);
    const end = Date.now() + 45_000;
    while (!seen.timer && Date.now() < end) {
      await w.send(1);
      await r.recv();
    }
    expect(seen.timer).toBe(true);
  });
});

describe('messages of all sizes', () => {
  test('come whole and in order', async () => {
    const [r, w] = pipe(false);
    const sizes = [0, 1, 7, 8, 9, 1000, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20, 5 << 20, 3];
    const sending = (async () => {
      for (let round = 0; round < 3; round++) {
        for (const size of sizes) await w.send_bytes(Buffer.alloc(size, size % 251));
      }
    })();
    for (let round = 0; round < 3; round++) {
      for (const size of sizes) {
        const bytes = await soon(r.recv_bytes());
        expect(bytes.equals(Buffer.alloc(size, size % 251))).toBe(true);
      }
    }
    await sending;
  });
});
