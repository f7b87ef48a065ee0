import { Barrier, Condition, Event, Lock, RLock, Semaphore } from 'multiprocessing-ts';
import { contract, soon, until } from '../support';
import { untilWaiting, withWorkers } from './support';

/*
 * Many who want the same: nothing is lost, nobody goes hungry.
 */
const WORKERS = 8;
/** How often everybody gets what all want. */
const TURNS = 5000;

/** Adds one again and again, not atomically: a lock has to make it so. Counts what it got wrong. */
const increment = async (l: Lock | RLock, value: Semaphore, times: number): Promise<number> => {
  let wrong = 0;
  for (let i = 0; i < times; i++) {
    await l.acquire();
    const before = value.get_value();
    value.release();
    if (value.get_value() !== before + 1) wrong++;
    l.release();
  }
  return wrong;
};

withWorkers('contention', WORKERS, (start) => {
  test.each([
    { name: 'Lock', make: () => new Lock() },
    { name: 'RLock', make: () => new RLock() },
  ])('a $name is held by one at a time', async ({ make }) => {
    const value = new Semaphore(0);
    const results = await start(WORKERS, increment, make(), value, 2000).finished;
    expect(results).toEqual(Array(WORKERS).fill(0));
    expect(value.get_value()).toBe(WORKERS * 2000);
  });

  test('each set of an event is seen once by who waits for it and clears it', async () => {
    const times = 8000;
    const [there, back] = [new Event(), new Event()];
    const answer = async (set: Event, answered: Event, count: number): Promise<boolean> => {
      for (let i = 0; i < count; i++) {
        await set.wait();
        set.clear();
        answered.set();
      }
      return set.is_set();
    };
    const { finished } = start(1, answer, there, back, times);
    for (let i = 0; i < times; i++) {
      there.set();
      await soon(back.wait(), `answer ${i}`);
      back.clear();
    }
    expect(await finished).toEqual([false]);
    // So many turns of two processes take long where others are at work.
  }, 300_000);

  test('a semaphore is held by as many as it has permits', async () => {
    const semaphore = new Semaphore(3);
    const inside = new Semaphore(0);
    const f = async (s: Semaphore, i: Semaphore): Promise<number> => {
      let most = 0;
      for (let k = 0; k < 500; k++) {
        await s.acquire();
        i.release();
        most = Math.max(most, i.get_value());
        await i.acquire(false);
        s.release();
      }
      return most;
    };
    const results = await start(WORKERS, f, semaphore, inside).finished;
    expect(Math.max(...results)).toBeLessThanOrEqual(3);
    expect(semaphore.get_value()).toBe(3);
  });

  test.each([
    { name: 'lock', make: () => new Lock() },
    { name: 'semaphore', make: () => new Semaphore(1) },
  ])('everybody gets a $name, again and again, while all want it all the time', async ({ make }) => {
    // Who has had its turns goes on wanting it until all have had theirs: nobody gets them only when others are done.
    const satisfied = new Semaphore(0);
    const together = new Barrier(WORKERS);
    const f = async (
      l: Lock | Semaphore,
      s: Semaphore,
      b: Barrier,
      turns: number,
      all: number,
    ): Promise<number> => {
      let times = 0;
      await b.wait();
      while (s.get_value() < all) {
        await l.acquire();
        if (++times === turns) s.release();
        l.release();
      }
      return times;
    };
    const results = await start(WORKERS, f, make(), satisfied, together, TURNS, WORKERS).finished;
    expect(Math.min(...results)).toBeGreaterThanOrEqual(TURNS);
    // A fair share is an eighth: the last one has had its turns before the others have had twenty times as many.
    expect(results.reduce((sum, times) => sum + times, 0)).toBeLessThan(TURNS * WORKERS * 20);
  });

  test('notifications reach those who wait in the order in which they came', async () => {
    const condition = new Condition();
    const order = new Semaphore(0);
    const started: Promise<number[]>[] = [];
    for (let i = 0; i < WORKERS; i++) {
      started.push(
        start(
          1,
          async (c: Condition, o: Semaphore) => {
            using _ = await c.hold();
            await c.wait(45);
            o.release();
            return o.get_value();
          },
          condition,
          order,
        ).finished,
      );
      await untilWaiting(condition, i + 1);
    }
    for (let i = 1; i <= WORKERS; i++) {
      {
        using _ = await condition.hold();
        condition.notify();
      }
      await until(() => order.get_value() === i, `that ${i} are awake`);
    }
    expect((await Promise.all(started)).flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('async functions of one process', () => {
  test('take turns with a lock', async () => {
    const lock = new Lock();
    let inside = 0;
    let most = 0;
    const f = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) {
        using _ = await lock.hold();
        most = Math.max(most, ++inside);
        await Promise.resolve();
        inside--;
      }
    };
    await soon(Promise.all(Array.from({ length: 20 }, f)));
    expect(most).toBe(1);
  });

  test('one that always wants a lock does not keep it from another', async () => {
    const lock = new Lock();
    let greedy = 0;
    let modest = 0;
    const want = async (): Promise<void> => {
      while (modest < 20) {
        using _ = await lock.hold();
        greedy++;
      }
    };
    const ask = async (): Promise<void> => {
      for (; modest < 20; modest++) {
        using _ = await lock.hold();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await soon(Promise.all([want(), ask()]));
    expect(modest).toBe(20);
    expect(greedy).toBeGreaterThan(0);
  });

  test('hold an RLock together', async () => {
    const lock = new RLock();
    await Promise.all([lock.acquire(), lock.acquire()]);
    expect(String(lock)).toBe('<RLock(MainProcess, 2)>');
    lock.release();
    lock.release();
  });

  test('hundreds wait for one lock and get it in the order in which they came', async () => {
    const lock = new Lock();
    await lock.acquire();
    const order: number[] = [];
    const all = Array.from({ length: 500 }, async (_, i) => {
      using __ = await lock.hold();
      order.push(i);
    });
    lock.release();
    await soon(Promise.all(all));
    expect(order).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  test('notify each other with a condition that has a Lock', async () => {
    const condition = new Condition(new Lock());
    const items: number[] = [];
    const taken: number[] = [];
    const consume = async (): Promise<void> => {
      using _ = await condition.hold();
      await condition.wait_for(() => items.length > 0);
      taken.push(items.shift()!);
    };
    const consumers = Array.from({ length: 50 }, consume);
    await untilWaiting(condition, 50);
    for (let i = 0; i < 50; i++) {
      using _ = await condition.hold();
      items.push(i);
      condition.notify();
    }
    await soon(Promise.all(consumers));
    expect(taken).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

contract('a reservation', (makePool) => {
  test('is lost by who does not come for it', async () => {
    const lock = new Lock();
    await lock.acquire();
    const busy = new Event();
    const go = new Event();
    const result = makePool(1).apply_async(
      async (l: Lock, b: Event, g: Event) => {
        const acquired = l.acquire().then(() => l.release());
        // By now it is impatient; then it has no time, until we say so.
        await new Promise((resolve) => setTimeout(resolve, 200));
        b.set();
        g.waitSync(45);
        await acquired;
      },
      [lock, busy, go],
    );
    await soon(busy.wait());
    lock.release();
    expect(await soon(lock.acquire(true, 45))).toBe(true);
    lock.release();
    // Nor does it turn away who only looks, for long.
    await until(() => !lock.locked());
    go.set();
    await soon(result.get());
  });
});
