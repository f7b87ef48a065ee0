import { Lock, RLock } from '../../../lib/managers/referents/mutex';
import { OwnerDiedError } from '../../../lib/synchronize/errors';
import { bunch, Client, errorOf, settled, timed, turn } from './support';

/*
 * What CPython's lock_tests.py says of threading.Lock and RLock, with connections in the place of threads, and what
 * becomes of a lock whose holder's connection has ended.
 */
describe.each([
  ['Lock', Lock, 'lock', 'release unlocked lock'],
  ['RLock', RLock, 'RLock', 'cannot release un-acquired lock'],
] as const)('%s', (_name, Class, type, unlocked) => {
  test('is written as in Python', async () => {
    const lock = new Class();
    expect(lock.__repr__()).toMatch(new RegExp(`^<unlocked _thread\\.${type} object .*at 0x[0-9a-f]+>$`));
    await lock.acquire();
    expect(lock.__repr__()).toMatch(new RegExp(`^<locked _thread\\.${type} object .*at 0x[0-9a-f]+>$`));
  });

  test('is acquired and released', async () => {
    const lock = new Class();
    expect(lock.locked()).toBe(false);
    expect(await lock.acquire()).toBe(true);
    expect(lock.locked()).toBe(true);
    lock.release();
    expect(lock.locked()).toBe(false);
    expect(await lock.acquire(false)).toBe(true);
  });

  test('is not acquired by another one who only looks', async () => {
    const lock = new Class();
    await new Client().do(() => lock.acquire());
    expect(await new Client().do(() => lock.acquire(false))).toBe(false);
  });

  test('goes to all who wait, one after the other, in their order', async () => {
    const lock = new Class();
    const main = new Client();
    await main.do(() => lock.acquire());
    const order: number[] = [];
    let inside = 0;
    const others = bunch(5, async (client, i) => {
      await client.do(() => lock.acquire());
      order.push(i);
      expect(++inside).toBe(1);
      await turn();
      inside--;
      client.do(() => {
        lock.release();
      });
    });
    await turn();
    expect(order).toEqual([]);
    main.do(() => {
      lock.release();
    });
    await Promise.all(others);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(lock.locked()).toBe(false);
  });

  test('released without having been acquired is an error', async () => {
    const lock = new Class();
    expect(() => {
      lock.release();
    }).toThrow(unlocked);
    await lock.acquire();
    lock.release();
    expect(await errorOf(() => lock.release())).toBe(`RuntimeError: ${unlocked}`);
  });

  test.each([
    [[false, 1], "ValueError: can't specify a timeout for a non-blocking call"],
    [[true, -100], 'ValueError: timeout value must be positive'],
    [[true, 1e100], 'OverflowError: timestamp out of range for platform time_t'],
    [[true, NaN], 'ValueError: Invalid value NaN (not a number)'],
    [[true, null], "TypeError: 'NoneType' object cannot be interpreted as an integer"],
    [['x'], "TypeError: 'str' object cannot be interpreted as an integer"],
    [[1.5], "TypeError: 'float' object cannot be interpreted as an integer"],
    [[true, 'x'], "TypeError: 'str' object cannot be interpreted as an integer"],
  ] as const)('acquire%j is an error', async (args, text) => {
    const lock = new Class();
    expect(await errorOf(() => lock.acquire(...args))).toBe(text);
    expect(lock.locked()).toBe(false);
  });

  test('takes the longest timeout that Python takes, and needs none of it when free', async () => {
    const lock = new Class();
    expect(await lock.acquire(true, 9223372036)).toBe(true);
  });

  test('is not acquired when the timeout is over, and is as before', async () => {
    const lock = new Class();
    const main = new Client();
    await main.do(() => lock.acquire());
    const [got, seconds] = await timed(() => new Client().do(() => lock.acquire(true, 0.05)));
    expect(got).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(0.049);
    main.do(() => {
      lock.release();
    });
    expect(lock.locked()).toBe(false);
    expect(await lock.acquire(false)).toBe(true);
  });

  describe('whose holder has ended', () => {
    const ended = async (): Promise<InstanceType<typeof Class>> => {
      const lock = new Class();
      const client = new Client();
      await client.do(() => lock.acquire());
      client.end(lock);
      return lock;
    };

    test('tells whoever comes next, and is free then', async () => {
      const lock = await ended();
      expect(lock.locked()).toBe(true);
      await expect(lock.acquire()).rejects.toThrow(
        new OwnerDiedError('the process that held the lock has died'),
      );
      expect(lock.locked()).toBe(false);
      expect(await lock.acquire(false)).toBe(true);
    });

    test('tells whoever only looks', async () => {
      const lock = await ended();
      await expect(lock.acquire(false)).rejects.toThrow(OwnerDiedError);
    });

    test('tells the first who waits; the second has it', async () => {
      const lock = new Class();
      const [holder, first, second] = [new Client(), new Client(), new Client()];
      await holder.do(() => lock.acquire());
      const failed = first.do(() => lock.acquire());
      const got = second.do(() => lock.acquire());
      holder.end(lock);
      await expect(failed).rejects.toThrow(OwnerDiedError);
      expect(await got).toBe(true);
      second.do(() => {
        lock.release();
      });
      expect(lock.locked()).toBe(false);
    });
  });

  test('is not given to somebody whose connection has ended', async () => {
    const lock = new Class();
    const [holder, gone, next] = [new Client(), new Client(), new Client()];
    await holder.do(() => lock.acquire());
    const lost = gone.do(() => lock.acquire());
    const got = next.do(() => lock.acquire());
    gone.end(lock);
    await expect(lost).rejects.toThrow('the connection of the caller has ended');
    holder.do(() => {
      lock.release();
    });
    expect(await got).toBe(true);
  });

  test('whose holder has released it before does not care about its end', async () => {
    const lock = new Class();
    const [gone, holder] = [new Client(), new Client()];
    await gone.do(() => lock.acquire());
    gone.do(() => {
      lock.release();
    });
    await holder.do(() => lock.acquire());
    gone.end(lock);
    expect(await new Client().do(() => lock.acquire(false))).toBe(false);
  });
});

describe('Lock', () => {
  test('waits for a release, also in the hands of who has it', async () => {
    const lock = new Lock();
    const client = new Client();
    await client.do(() => lock.acquire());
    const again = client.do(() => lock.acquire());
    expect(await settled(again)).toBe(false);
    lock.release();
    expect(await again).toBe(true);
  });

  test('may be released by anybody', async () => {
    const lock = new Lock();
    await new Client().do(() => lock.acquire());
    new Client().do(() => {
      lock.release();
    });
    expect(await lock.acquire(false)).toBe(true);
  });

  test('whose holder has ended may be released by anybody: then nobody is told', async () => {
    const lock = new Lock();
    const client = new Client();
    await client.do(() => lock.acquire());
    client.end(lock);
    lock.release();
    expect(await lock.acquire(false)).toBe(true);
  });
});

describe('RLock', () => {
  test('is acquired again by who has it, and is free when released as often', async () => {
    const lock = new RLock();
    const [client, other] = [new Client(), new Client()];
    for (let i = 0; i < 3; i++) expect(await client.do(() => lock.acquire())).toBe(true);
    expect(lock.__repr__()).toContain(' count=3 ');
    for (let i = 0; i < 2; i++) {
      client.do(() => {
        lock.release();
      });
    }
    expect(await other.do(() => lock.acquire(false))).toBe(false);
    client.do(() => {
      lock.release();
    });
    expect(await other.do(() => lock.acquire(false))).toBe(true);
  });

  test('is released by nobody but its owner', async () => {
    const lock = new RLock();
    await new Client().do(() => lock.acquire());
    const other = new Client();
    expect(await errorOf(() => other.do(() => lock.release()))).toBe(
      'RuntimeError: cannot release un-acquired lock',
    );
  });
});
