import { appendFileSync } from 'node:fs';
import { Barrier, BrokenBarrierError, Condition, Event, Lock, RLock, Semaphore } from 'multiprocessing-ts';
import { workers } from '../../support/processes';
import { contract, lines, scratch, soon, until } from '../support';
import { doom, untilWaiting, waiting, type Doomed } from './support';

/*
 * Whoever dies takes nothing with it: those who wait go on, or are told. A process dies of SIGKILL, a thread because
 * its pool is terminated.
 */
const path = scratch();

contract('a death', (makePool, method) => {
  const doomed = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Doomed =>
    doom(makePool(1), method, path('there'), f, args);

  test.each([
    { name: 'Lock', make: () => new Lock() },
    { name: 'RLock', make: () => new RLock() },
  ])('of the holder of a $name is told to one of those who wait', async ({ make }) => {
    const lock = make();
    const { there, kill } = doomed((l: Lock | RLock) => l.acquire(), lock);
    await there;
    const waiters = Promise.allSettled([1, 2, 3].map(() => lock.acquire().then(() => lock.release())));
    const others = makePool(2);
    const more = [1, 2].map(() =>
      others
        .apply_async(
          async (l: Lock | RLock) => {
            try {
              await l.acquire();
              l.release();
              return 'fulfilled';
            } catch (error) {
              return (error as Error).name;
            }
          },
          [lock],
        )
        .get(45),
    );
    await kill();
    const here = (await soon(waiters)).map((each) =>
      each.status === 'fulfilled' ? each.status : (each.reason as Error).name,
    );
    const all = [...here, ...(await Promise.all(more))];
    expect(all.filter((each) => each === 'OwnerDiedError')).toHaveLength(1);
    expect(all.filter((each) => each === 'fulfilled')).toHaveLength(4);
    expect(lock.locked()).toBe(false);
  });

  test('of one who waits for a lock does no harm to those behind it', async () => {
    const lock = new Lock();
    await lock.acquire();
    // It is impatient by now, and has the next turn.
    const { there, kill } = doomed((l: Lock) => {
      l.acquire().catch(() => undefined);
      return new Promise((resolve) => setTimeout(resolve, 150));
    }, lock);
    await there;
    const waiters = [1, 2].map(() => lock.acquire().then(() => lock.release()));
    await kill();
    lock.release();
    await soon(Promise.all(waiters));
    expect(await lock.acquire(false)).toBe(true);
  });

  test('of one who waits for a semaphore does no harm to those behind it', async () => {
    const semaphore = new Semaphore(0);
    const { there, kill } = doomed((s: Semaphore) => {
      s.acquire().catch(() => undefined);
      return new Promise((resolve) => setTimeout(resolve, 150));
    }, semaphore);
    await there;
    const waiter = semaphore.acquire();
    await kill();
    semaphore.release();
    expect(await soon(waiter)).toBe(true);
    expect(semaphore.get_value()).toBe(0);
  });

  test('of one who waits for an event harms nobody', async () => {
    const event = new Event();
    const { there, kill } = doomed((e: Event) => {
      e.wait().catch(() => undefined);
    }, event);
    await there;
    const waiter = event.wait();
    await kill();
    event.set();
    expect(await soon(waiter)).toBe(true);
  });

  test('of one who waits on a condition: its notification goes to the next', async () => {
    const condition = new Condition();
    const { there, kill } = doomed(async (c: Condition) => {
      await c.acquire();
      c.wait().catch(() => undefined);
    }, condition);
    await there;
    await untilWaiting(condition, 1);
    const pool = makePool(1);
    const second = pool.apply_async(
      async (c: Condition) => {
        using _ = await c.hold();
        return await c.wait(45);
      },
      [condition],
    );
    await untilWaiting(condition, 2);
    await kill();
    {
      using _ = await condition.hold();
      condition.notify();
    }
    expect(await soon(second.get())).toBe(true);
    expect(waiting(condition)).toBe(0);
  });

  test('of whoever has the lock of a condition is told to who comes back from waiting, with the lock', async () => {
    const condition = new Condition();
    const lock = String(condition);
    expect(lock).toContain('None');
    const told = (async () => {
      await condition.acquire();
      try {
        await condition.wait();
        return 'woken';
      } catch (error) {
        const held = String(condition).includes('MainProcess, 1');
        condition.release();
        return [(error as Error).name, held];
      }
    })();
    await untilWaiting(condition, 1);
    const { there, kill } = doomed(async (c: Condition) => {
      await c.acquire();
      c.notify();
    }, condition);
    await there;
    await kill();
    expect(await soon(told)).toEqual(['OwnerDiedError', true]);
    expect(condition.locked()).toBe(false);
  });

  test('of one who waits at a barrier breaks it', async () => {
    const barrier = new Barrier(4);
    const { there, kill } = doomed((b: Barrier) => {
      b.wait().catch(() => undefined);
    }, barrier);
    const other = barrier.wait();
    other.catch(() => undefined);
    await there;
    await until(() => barrier.n_waiting === 2);
    await kill();
    await expect(soon(other)).rejects.toThrow(BrokenBarrierError);
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    barrier.reset();
    expect(barrier.broken).toBe(false);
  });

  test('of one behind whom nobody waits breaks the barrier too', async () => {
    const barrier = new Barrier(3);
    const other = barrier.wait();
    other.catch(() => undefined);
    await until(() => barrier.n_waiting === 1);
    const { there, kill } = doomed((b: Barrier) => {
      b.wait().catch(() => undefined);
    }, barrier);
    await there;
    await until(() => barrier.n_waiting === 2);
    await kill();
    await expect(soon(other)).rejects.toThrow(BrokenBarrierError);
  });

  test('of whoever runs the action of a barrier breaks it', async () => {
    const file = path('acting');
    const barrier = new Barrier(2, () => {
      appendFileSync(file, `${process.pid}\n`);
      return new Promise(() => undefined);
    });
    const other = barrier.wait();
    other.catch(() => undefined);
    await until(() => barrier.n_waiting === 1);
    const pool = makePool(1);
    const acting = pool.apply_async((b: Barrier) => b.wait(), [barrier]);
    acting.get().catch(() => undefined);
    await until(() => lines(file).length > 0, 'that it acts');
    // Somebody of the next generation waits for the end of this one.
    const next = barrier.wait();
    next.catch(() => undefined);
    if (method === 'thread') await pool.terminate();
    else process.kill(Number(lines(file)[0]), 'SIGKILL');
    await expect(soon(other)).rejects.toThrow(BrokenBarrierError);
    await expect(soon(next)).rejects.toThrow(BrokenBarrierError);
  });

  if (method === 'spawn') {
    test('by SIGKILL, again and again, in the middle of everything, leaves no lock behind', async () => {
      const lock = new Lock();
      const semaphore = new Semaphore(0);
      const pool = makePool(3);
      const begun = new Semaphore(0);
      const work = async (l: Lock, s: Semaphore, b: Semaphore): Promise<void> => {
        b.release();
        for (;;) {
          try {
            await l.acquire();
          } catch (error) {
            if ((error as Error).name !== 'OwnerDiedError') throw error;
            continue;
          }
          s.release();
          if (s.get_value() % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          l.release();
        }
      };
      for (let i = 0; i < 12; i++) {
        const calls = [1, 2, 3].map(() => pool.apply_async(work, [lock, semaphore, begun]));
        // A call that had not begun would not be lost with its worker.
        for (let k = 0; k < 3; k++) await soon(begun.acquire());
        const before = semaphore.get_value();
        await until(() => semaphore.get_value() > before + 100, 'progress');
        // They die at whatever they do.
        const [some, rest] = split(workers(), 1 + (i % 3));
        for (const pid of some) process.kill(pid, 'SIGKILL');
        const later = semaphore.get_value();
        if (rest.length > 0) await until(() => semaphore.get_value() > later + 100, 'progress after a death');
        for (const pid of rest) process.kill(pid, 'SIGKILL');
        await Promise.allSettled(calls.map((call) => call.get(45)));
      }
      const end = async (): Promise<string> => {
        try {
          await lock.acquire();
          return 'free';
        } catch (error) {
          return (error as Error).name;
        }
      };
      expect(['free', 'OwnerDiedError']).toContain(await soon(end()));
    });
  }
});

const split = <T>(items: readonly T[], at: number): [T[], T[]] => [items.slice(0, at), items.slice(at)];
