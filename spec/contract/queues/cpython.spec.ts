import { Event, get_context, type JoinableQueue, type Queue, type SimpleQueue } from 'multiprocessing-ts';
import { excOf, soon, type Method } from '../support';
import { processes } from '../process/support';
import { FACADES } from './facades';
import { EMPTY, FULL, range } from './support';

/** CPython's own tests of queues, under their names: Lib/test/_test_multiprocessing.py. */
const CLOSED = /is closed/;

/** What the call rejects with, and after how many seconds. */
async function late(call: () => unknown): Promise<[type: string, seconds: number]> {
  const start = performance.now();
  const { type } = await excOf(call);
  return [type, (performance.now() - start) / 1000];
}

describe.each(FACADES)('$facade', ({ Bare, methods, ...queues }) => {
  processes(
    '_TestQueue',
    (Process, method) => {
      test('test_put', async () => {
        const MAXSIZE = 6;
        const queue = new queues.Queue<number>({ maxsize: MAXSIZE });
        const childCanStart = new Event();
        const parentCanContinue = new Event();
        const child = async (q: Queue<number>, start: Event, done: Event) => {
          await start.wait();
          for (let i = 0; i < MAXSIZE; i++) await q.get();
          done.set();
        };
        const p = new Process({
          target: child,
          args: [queue, childCanStart, parentCanContinue],
          daemon: true,
        });
        p.start();
        expect([queue.empty(), queue.full()]).toEqual([true, false]);

        await queue.put(1);
        await queue.put(2, true);
        await queue.put(3, true, null);
        await queue.put(4, false);
        await queue.put(5, false, null);
        queue.put_nowait(6);
        expect([queue.empty(), queue.full()]).toEqual([false, true]);

        const at0 = [
          () => queue.put(7, false),
          () => queue.put(7, false, null),
          () => queue.put(7, false, 1000),
          () => {
            queue.put_nowait(7);
          },
        ];
        for (const call of at0) expect((await late(call))[0]).toBe('Full');
        for (const call of [() => queue.put(7, true, 0.1), () => queue.put(7, true, { timeout: 0.1 })]) {
          const [type, seconds] = await late(call);
          expect(type).toBe('Full');
          expect(seconds).toBeGreaterThanOrEqual(0.099);
        }

        childCanStart.set();
        await soon(parentCanContinue.wait());
        expect([queue.empty(), queue.full()]).toEqual([true, false]);
        await p.join();
        queue.close();
        await queue.join_thread();
      });

      test('test_get', async () => {
        const queue = new queues.Queue<number>();
        const childCanStart = new Event();
        const parentCanContinue = new Event();
        const child = async (q: Queue<number>, start: Event, done: Event) => {
          await start.wait();
          for (const i of [2, 3, 4, 5]) await q.put(i);
          done.set();
        };
        const p = new Process({
          target: child,
          args: [queue, childCanStart, parentCanContinue],
          daemon: true,
        });
        p.start();
        expect(queue.empty()).toBe(true);
        childCanStart.set();
        await soon(parentCanContinue.wait());
        expect(queue.empty()).toBe(false);

        expect(await queue.get(true, null)).toBe(2);
        expect(await queue.get(true)).toBe(3);
        expect(await queue.get({ timeout: 45 })).toBe(4);
        expect(queue.get_nowait()).toBe(5);
        expect(queue.empty()).toBe(true);

        const at0 = [
          () => queue.get(false),
          () => queue.get(false, null),
          () => queue.get(false, 1000),
          () => queue.get_nowait(),
        ];
        for (const call of at0) expect((await late(call))[0]).toBe('Empty');
        for (const call of [() => queue.get(true, 0.1), () => queue.get({ timeout: 0.1 })]) {
          const [type, seconds] = await late(call);
          expect(type).toBe('Empty');
          expect(seconds).toBeGreaterThanOrEqual(0.099);
        }
        await p.join();
      });

      test('test_fork', async () => {
        const queue = new queues.Queue<number>();
        for (let i = 0; i < 10; i++) await queue.put(i);
        const child = async (q: Queue<number>) => {
          for (let i = 10; i < 20; i++) await q.put(i);
        };
        const p = new Process({ target: child, args: [queue], daemon: true });
        p.start();
        for (let i = 0; i < 20; i++) expect(await soon(queue.get())).toBe(i);
        expect(await excOf(() => queue.get(false))).toEqual(EMPTY);
        await p.join();
      });

      test('test_task_done', async () => {
        const queue = new queues.JoinableQueue<number | null>();
        const done = new queues.Queue<number>();
        const child = async (q: JoinableQueue<number | null>, log: Queue<number>) => {
          for (let item = await q.get(); item !== null; item = await q.get()) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            await log.put(item);
            q.task_done();
          }
        };
        const workers = range(4).map(() => new Process({ target: child, args: [queue, done], daemon: true }));
        for (const p of workers) p.start();
        for (let i = 0; i < 10; i++) await queue.put(i);
        await soon(queue.join(), 'the end of all tasks');
        expect(done.qsize()).toBe(10);
        for (let i = 0; i < workers.length; i++) await queue.put(null);
        for (const p of workers) await p.join();
        expect(workers.map((p) => p.exitcode)).toEqual([0, 0, 0, 0]);
      });

      test('test_nested_startmethod: a child hands the queue on', async () => {
        const queue = new queues.Queue<number>();
        const child = async (how: Method, q: Queue<number>) => {
          await q.put(2);
          const p = new (get_context(how).Process)({
            target: (inner: Queue<number>) => inner.put(1),
            args: [q],
          });
          p.start();
          await p.join();
        };
        const p = new Process({ target: child, args: [method, queue] });
        p.start();
        await p.join();
        const results = [];
        while (!queue.empty()) results.push(await queue.get());
        expect(new Set(results)).toEqual(new Set([2, 1]));
      });

      test('test_queue_in_process: a child makes one of its own', async () => {
        const answers = new queues.Queue<unknown>();
        const child = async (to: Queue) => {
          const queue = new Bare();
          const p = new Process({ target: (q: Queue) => q.put(123), args: [queue] });
          p.start();
          await to.put(await queue.get());
          await p.join();
        };
        const p = new Process({ target: child, args: [answers] });
        p.start();
        expect(await soon(answers.get())).toBe(123);
        await p.join();
      });
    },
    ['async'],
    methods,
  );

  describe('_TestQueue', () => {
    test('test_qsize', async () => {
      const q = new queues.Queue<number>();
      expect(q.qsize()).toBe(0);
      await q.put(1);
      expect(q.qsize()).toBe(1);
      await q.put(5);
      expect(q.qsize()).toBe(2);
      await q.get();
      expect(q.qsize()).toBe(1);
      await q.get();
      expect(q.qsize()).toBe(0);
    });

    test('test_timeout', async () => {
      const [type, seconds] = await late(() => new queues.Queue().get(true, 0.2));
      expect(type).toBe('Empty');
      expect(seconds).toBeGreaterThanOrEqual(0.199);
    });

    test('test_queue_feeder_donot_stop_onexc: here the put rejects, and the next item comes', async () => {
      const q = new queues.Queue<unknown>({ maxsize: 1 });
      await expect(q.put([Promise.resolve()])).rejects.toThrow(/./);
      expect(q.qsize()).toBe(0);
      await q.put(true);
      expect(q.qsize()).toBe(1);
      expect(await q.get(true, 45)).toBe(true);
      expect(q.empty()).toBe(true);
    });

    test('test_closed_queue_empty_exceptions', async () => {
      for (const q of [new queues.Queue(), new queues.JoinableQueue()]) {
        q.close();
        expect(q.empty()).toBe(true);
      }
      for (const q of [new queues.Queue(), new queues.JoinableQueue()]) {
        await q.put('foo');
        q.close();
        expect(() => q.empty()).toThrow(CLOSED);
      }
    });

    test('test_closed_queue_put_get_exceptions', async () => {
      for (const q of [new queues.Queue(), new queues.JoinableQueue()]) {
        q.close();
        await expect(q.put('foo')).rejects.toThrow(CLOSED);
        await expect(q.get()).rejects.toThrow(CLOSED);
        expect(() => {
          q.put_nowait('foo');
        }).toThrow(CLOSED);
        expect(() => q.get_nowait()).toThrow(CLOSED);
      }
    });
  });

  processes(
    'TestSimpleQueue',
    (Process) => {
      test('test_empty', async () => {
        const queue = new queues.SimpleQueue<boolean>();
        const childCanStart = new Event();
        const parentCanContinue = new Event();
        const child = async (q: SimpleQueue<boolean>, start: Event, done: Event) => {
          await start.wait();
          await q.put(q.empty());
          await q.put(q.empty());
          done.set();
        };
        const p = new Process({
          target: child,
          args: [queue, childCanStart, parentCanContinue],
          daemon: true,
        });
        p.start();
        expect(queue.empty()).toBe(true);
        childCanStart.set();
        await soon(parentCanContinue.wait());
        expect(queue.empty()).toBe(false);
        expect(await queue.get()).toBe(true);
        expect(await queue.get()).toBe(false);
        expect(queue.empty()).toBe(true);
        await p.join();
      });
    },
    ['async'],
    methods,
  );

  describe('TestSimpleQueue', () => {
    test('test_empty_exceptions', () => {
      const q = new queues.SimpleQueue();
      q.close();
      expect(() => q.empty()).toThrow(CLOSED);
    });

    test('test_close', () => {
      const q = new queues.SimpleQueue();
      q.close();
      expect(() => {
        q.close();
      }).not.toThrow();
    });
  });

  test('Full and Empty have no message', async () => {
    const q = new queues.Queue<number>(1);
    expect(await excOf(() => q.get(false))).toEqual(EMPTY);
    await q.put(1);
    expect(await excOf(() => q.put(2, false))).toEqual(FULL);
  });
});
