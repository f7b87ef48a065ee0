import { Condition } from '../../../lib/managers/referents/condition';
import { Lock } from '../../../lib/managers/referents/mutex';
import { OwnerDiedError } from '../../../lib/synchronize/errors';
import { bunch, Client, errorOf, settled, timed, turn } from './support';

/** What CPython's lock_tests.py says of threading.Condition. */
describe('Condition', () => {
  test('has an RLock, unless it is given a lock', async () => {
    const condition = new Condition();
    await condition.acquire();
    await condition.acquire();
    condition.release();
    condition.release();

    const lock = new Lock();
    const other = new Condition(lock);
    await other.acquire();
    expect(await lock.acquire(false)).toBe(false);
    other.release();
    expect(await lock.acquire(false)).toBe(true);
    expect(await other.acquire(false)).toBe(false);
  });

  test('takes nothing else for a lock', () => {
    expect(() => new Condition(5)).toThrow("'int' object has no attribute 'acquire'");
  });

  test('is written as in Python', async () => {
    const condition = new Condition();
    expect(condition.__repr__()).toMatch(
      /^<Condition\(<unlocked _thread\.RLock object owner=0 count=0 at 0x[0-9a-f]+>, 0\)>$/,
    );
    const client = new Client();
    await client.do(() => condition.acquire());
    const waiting = client.do(() => condition.wait());
    expect(condition.__repr__()).toMatch(/, 1\)>$/);
    await client.do(() => condition.acquire());
    client.do(() => {
      condition.notify();
    });
    client.do(() => {
      condition.release();
    });
    expect(await waiting).toBe(true);
  });

  test.each(['wait', 'notify', 'notify_all'] as const)('%s without the lock is an error', async (method) => {
    const condition = new Condition();
    const word = method === 'wait' ? 'wait' : 'notify';
    const text = `RuntimeError: cannot ${word} on un-acquired lock`;
    expect(await errorOf(() => condition[method]())).toBe(text);
    await new Client().do(() => condition.acquire());
    expect(await errorOf(() => new Client().do(() => condition[method]()))).toBe(text);
  });

  test('notifies as many as it is told, who have the lock one after the other', async () => {
    const condition = new Condition();
    const main = new Client();
    let phase = 0;
    const ready: number[] = [];
    const first: [boolean, number][] = [];
    const second: [boolean, number][] = [];
    const threads = bunch(5, async (client) => {
      for (const results of [first, second]) {
        await client.do(() => condition.acquire());
        ready.push(phase);
        const result = await client.do(() => condition.wait());
        client.do(() => {
          condition.release();
        });
        results.push([result, phase]);
      }
    });
    const notify = async (call: () => void): Promise<void> => {
      await main.do(() => condition.acquire());
      main.do(call);
      await turn();
      phase++;
      main.do(() => {
        condition.release();
      });
      await turn();
    };
    await turn();
    expect(ready).toHaveLength(5);
    await notify(() => {
      condition.notify(3);
    });
    expect(first).toEqual(Array(3).fill([true, 1]));
    expect(second).toEqual([]);
    await notify(() => {
      condition.notify(5);
    });
    expect(first).toEqual([...(Array(3).fill([true, 1]) as unknown[]), [true, 2], [true, 2]]);
    expect(second).toEqual(Array(3).fill([true, 2]));
    await notify(() => {
      condition.notify_all();
    });
    expect(second).toEqual([...(Array(3).fill([true, 2]) as unknown[]), [true, 3], [true, 3]]);
    await Promise.all(threads);
  });

  test('waits no longer than it is told, and has the lock then', async () => {
    const condition = new Condition();
    const client = new Client();
    await client.do(() => condition.acquire());
    const [woken, seconds] = await timed(() => client.do(() => condition.wait(0.05)));
    expect(woken).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(0.049);
    expect(await new Client().do(() => condition.acquire(false))).toBe(false);
    client.do(() => {
      condition.release();
    });
    expect(condition.locked()).toBe(false);
  });

  test.each([0, -1])('wait(%d) only looks', async (timeout) => {
    const condition = new Condition();
    await condition.acquire();
    expect(await condition.wait(timeout)).toBe(false);
    expect(condition.locked()).toBe(true);
  });

  test('releases all levels for a wait, and takes them back', async () => {
    const condition = new Condition();
    const [client, other] = [new Client(), new Client()];
    for (let i = 0; i < 3; i++) await client.do(() => condition.acquire());
    const waiting = client.do(() => condition.wait());
    expect(await other.do(() => condition.acquire(false))).toBe(true);
    other.do(() => {
      condition.notify();
    });
    expect(await settled(waiting)).toBe(false);
    other.do(() => {
      condition.release();
    });
    expect(await waiting).toBe(true);
    expect(condition.__repr__()).toContain(' count=3 ');
  });

  describe('when the connection ends', () => {
    test('of one who waits: its notification goes to the next', async () => {
      const condition = new Condition();
      const [gone, next, main] = [new Client(), new Client(), new Client()];
      const waits = [];
      for (const client of [gone, next]) {
        await client.do(() => condition.acquire());
        waits.push(client.do(() => condition.wait()));
      }
      gone.end(condition);
      await expect(waits[0]).rejects.toThrow('the connection of the caller has ended');
      await main.do(() => condition.acquire());
      main.do(() => {
        condition.notify();
      });
      main.do(() => {
        condition.release();
      });
      expect(await waits[1]).toBe(true);
    });

    test('of one who was notified but has not gone on: it goes to the next', async () => {
      const condition = new Condition();
      const [gone, next, main] = [new Client(), new Client(), new Client()];
      const waits = [];
      for (const client of [gone, next]) {
        await client.do(() => condition.acquire());
        waits.push(client.do(() => condition.wait()));
      }
      await main.do(() => condition.acquire());
      main.do(() => {
        condition.notify();
      });
      await turn();
      gone.end(condition);
      await expect(waits[0]).rejects.toThrow('the connection of the caller has ended');
      main.do(() => {
        condition.release();
      });
      expect(await waits[1]).toBe(true);
    });

    test('of who has the lock: one who comes back is told, and has the lock', async () => {
      const condition = new Condition();
      const [client, holder] = [new Client(), new Client()];
      await client.do(() => condition.acquire());
      const waiting = client.do(() => condition.wait());
      await holder.do(() => condition.acquire());
      holder.do(() => {
        condition.notify();
      });
      await turn();
      holder.end(condition);
      await expect(waiting).rejects.toThrow(OwnerDiedError);
      expect(await new Client().do(() => condition.acquire(false))).toBe(false);
      client.do(() => {
        condition.release();
      });
      expect(condition.locked()).toBe(false);
    });
  });
});
