import { appendFileSync, existsSync } from 'node:fs';
import { BOTH, all, contract, isAlive, lines, open, pass, scratch, soon, until, worker } from './support';

const path = scratch();
const identity = <T>(x: T): T => x;

/** Says that it runs, then never ends. */
const mark = (file: string): never => {
  appendFileSync(file, `${worker()}\n`);
  for (;;);
};

contract(
  'signal',
  (makePool, _method, facade) => {
    const reason = new Error('not wanted any more');

    test('aborts what runs: its worker is killed and replaced', async () => {
      const file = path('mark');
      const pool = makePool(1);
      const controller = new AbortController();
      const result = pool.apply_async(mark, [file], {}, { signal: controller.signal });
      await until(() => lines(file).length === 1);
      controller.abort(reason);
      await expect(soon(result.get())).rejects.toBe(reason);
      await until(() => !isAlive(lines(file)[0]!));
      expect(await pool.apply(identity, [1])).toBe(1);
    });

    test('aborts what is queued: no worker is touched', async () => {
      const [gate, log] = [path('gate'), path('log')];
      const pool = makePool(1);
      const first = pool.apply_async(
        (file: string) => {
          pass(file);
          return worker();
        },
        [gate],
      );
      const controller = new AbortController();
      const note = (i: number): void => {
        appendFileSync(log, `${i}\n`);
      };
      const result = pool.apply_async(note, [1], {}, { signal: controller.signal });
      const last = pool.apply_async(worker);
      controller.abort(reason);
      await expect(soon(result.get())).rejects.toBe(reason);
      open(gate);
      expect(await first.get()).toBe(await last.get());
      expect(lines(log)).toEqual([]);
    });

    test('one that is aborted already rejects at once, through the result', async () => {
      const pool = makePool(1);
      const signal = AbortSignal.abort(reason);
      await expect(pool.apply(identity, [1], { signal })).rejects.toBe(reason);
      await expect(pool.map(identity, [1], { signal })).rejects.toBe(reason);
      await expect(pool.starmap(identity, [[1]], { signal })).rejects.toBe(reason);
      await expect(pool.imap(identity, [1], { signal }).next()).rejects.toBe(reason);
      const errors: unknown[] = [];
      const result = pool.map_async(identity, [1], { signal, error_callback: (error) => errors.push(error) });
      expect(errors).toEqual([]);
      await expect(result.get()).rejects.toBe(reason);
      expect(errors).toEqual([reason]);
    });

    test('without a reason it is an AbortError', async () => {
      const controller = new AbortController();
      const result = makePool(1).apply_async(mark, [path('mark')], {}, { signal: controller.signal });
      controller.abort();
      await expect(soon(result.get())).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('AbortSignal.timeout counts from the call', async () => {
      const result = makePool(1).apply_async(mark, [path('mark')], {}, { signal: AbortSignal.timeout(200) });
      await expect(soon(result.get())).rejects.toMatchObject({ name: 'TimeoutError' });
    });

    test('after the end it does nothing', async () => {
      const controller = new AbortController();
      const pool = makePool(1);
      expect(await pool.apply(identity, [1], { signal: controller.signal })).toBe(1);
      const before = await pool.apply(worker);
      controller.abort(reason);
      expect(await pool.apply(worker)).toBe(before);
    });

    test('aborts a whole map', async () => {
      const [file, log] = [path('mark'), path('log')];
      const pool = makePool(2);
      const controller = new AbortController();
      const f = (i: number): void => {
        appendFileSync(log, `${i}\n`);
        if (i < 2) mark(file);
      };
      const result = pool.map_async(
        f,
        Array.from({ length: 50 }, (_, i) => i),
        { chunksize: 1, signal: controller.signal },
      );
      await until(() => lines(file).length === 2);
      controller.abort(reason);
      await expect(soon(result.get())).rejects.toBe(reason);
      expect(await pool.map(identity, [1, 2, 3])).toEqual([1, 2, 3]);
      // Two workers write it: either may be first.
      expect(lines(log).sort()).toEqual(['0', '1']);
    });

    test('kills no more workers than run the items of the map', async () => {
      const file = path('mark');
      const pool = makePool(3);
      const workers = new Set<Awaited<ReturnType<typeof worker>>>();
      // One that starts late has none of the first.
      while (workers.size < 3) {
        for (const each of await pool.map(worker, Array.from({ length: 60 }), 1)) workers.add(each);
      }
      const gate = path('gate');
      const other = pool.apply_async(
        (gate: string) => {
          pass(gate);
          return worker();
        },
        [gate],
      );
      const controller = new AbortController();
      const result = pool.map_async(
        (i: number) => (i === 0 ? mark(file) : i),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        {
          chunksize: 10,
          signal: controller.signal,
        },
      );
      await until(() => lines(file).length === 1);
      controller.abort(reason);
      await expect(soon(result.get())).rejects.toBe(reason);
      open(gate);
      expect(workers.has(await other.get())).toBe(true);
    });

    test.each(['imap', 'imap_unordered'] as const)(
      'aborts %s: what came is given, then the reason, then the end',
      async (method) => {
        const file = path('mark');
        const controller = new AbortController();
        let closed = false;
        const input = function* (): Generator<number> {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            closed = true;
          }
        };
        const it = makePool(1)[method]((i: number) => (i === 2 ? mark(file) : i), input(), {
          signal: controller.signal,
        });
        expect([(await it.next()).value, (await it.next()).value]).toEqual([0, 1]);
        const waiting = it.next();
        await until(() => existsSync(file));
        controller.abort(reason);
        await expect(soon(waiting)).rejects.toBe(reason);
        const rest = await soon(Promise.allSettled([it.next(), it.next(), it.next()]));
        expect(rest.at(-1)).toEqual({ status: 'fulfilled', value: { value: undefined, done: true } });
        expect(closed).toBe(true);
      },
    );

    // An asynchronous input cannot be read by a call that blocks.
    if (facade === 'async') {
      test('aborts a map that waits for its input', async () => {
        const controller = new AbortController();
        const input = async function* (): AsyncGenerator<number> {
          yield 1;
          await new Promise(() => undefined);
        };
        const pool = makePool(1);
        const result = pool.map_async(identity, input(), { signal: controller.signal });
        await pool.apply(identity, [1]);
        controller.abort(reason);
        await expect(soon(result.get())).rejects.toBe(reason);
        pool.close();
        await soon(pool.join(), 'join');
      });
    }

    test('one signal for many calls', async () => {
      const controller = new AbortController();
      const pool = makePool(2);
      const results = Array.from({ length: 20 }, () =>
        pool.apply_async(mark, [path('mark')], {}, { signal: controller.signal }),
      );
      controller.abort(reason);
      const settled = await soon(Promise.allSettled(results.map((result) => result.get())));
      expect(settled.every((each) => each.status === 'rejected' && each.reason === reason)).toBe(true);
      expect(await pool.apply(identity, [1])).toBe(1);
    });

    test('aborted in the turn of the call and closed, the pool ends', async () => {
      const controller = new AbortController();
      const pool = makePool(1);
      const result = pool.apply_async(identity, [1], {}, { signal: controller.signal });
      controller.abort(reason);
      pool.close();
      await expect(result.get()).rejects.toBe(reason);
      await soon(pool.join(), 'join');
    });

    test('listeners do not pile up on a signal that lives long', async () => {
      const { getEventListeners } = jest.requireActual<typeof import('node:events')>('node:events');
      const controller = new AbortController();
      const pool = makePool(1);
      for (let i = 0; i < 20; i++) await pool.apply(identity, [i], { signal: controller.signal });
      await pool.map(identity, [1, 2], { signal: controller.signal });
      await all(pool.imap(identity, [1, 2], { signal: controller.signal }));
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    });
  },
  BOTH,
);
