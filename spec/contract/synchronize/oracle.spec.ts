import { get_context, type Pool } from 'multiprocessing-ts';
import { ZeroDivisionError } from 'multiprocessing-ts/builtins';
import * as sync from 'multiprocessing-ts/sync/synchronize';
import { Barrier, Event, Semaphore, type Lock, type RLock } from 'multiprocessing-ts/synchronize';
import { BOTH, exc, excOf, oracle } from '../support';
import { classesOf } from './blocking';
import { withWorkers } from './support';

/*
 * What CPython answers in the cases of probe l01. Its other thread is a thread here too; where it tells of a thread or
 * a process, both kinds of worker are asked.
 */
const l01 = oracle('l01_locks');

/** Like the recording: calls that give nothing give null. */
const none = (call: () => void): null => {
  call();
  return null;
};
const expectAsThere = async (name: string, call: () => unknown): Promise<void> => {
  expect(await excOf(call)).toEqual(exc(l01(name)));
};

describe.each(BOTH.map((facade) => ({ facade })))('$facade', ({ facade }) => {
  const { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } = classesOf(facade);
  describe('Lock', () => {
    test('repr', async () => {
      const lock = new Lock();
      // The recording has two cases named 'repr': that of the RLock is the one that is found.
      expect(String(lock)).toBe('<Lock(owner=None)>');
      await lock.acquire();
      expect(String(lock)).toBe(l01('repr held').ok);
    });

    test('acquire', async () => {
      const lock = new Lock();
      const results = [
        await lock.acquire(),
        await lock.acquire(false),
        await lock.acquire({ block: false }),
        await lock.acquire(true, 0.05),
        await lock.acquire({ timeout: -5 }),
        await lock.acquire({ block: false, timeout: 5 }),
      ];
      expect(results).toEqual(l01('acquire').ok);
      lock.release();
      expect(await lock.acquire({ timeout: null })).toBe(l01('acquire(timeout=None)').ok);
    });

    test('release of a lock that nobody holds', async () => {
      await expectAsThere('release unlocked', () => {
        new Lock().release();
      });
    });

    test('a block that is no integer', async () => {
      await expectAsThere('acquire("x")', () => new Lock().acquire('x' as never));
    });

    test('an unknown keyword is named, in the words of later versions', async () => {
      expect(exc(l01('acquire(blocking=)')).type).toBe('TypeError');
      expect(await excOf(() => new Lock().acquire({ blocking: false } as never))).toEqual({
        type: 'TypeError',
        str: "acquire() got an unexpected keyword argument 'blocking'",
      });
    });

    test('a timeout that is no number', async () => {
      expect(await excOf(() => new Lock().acquire(true, 'x' as never))).toEqual({
        type: 'TypeError',
        str: 'must be real number, not str',
      });
      expect(await excOf(() => new Lock().acquire(true, NaN))).toEqual({
        type: 'ValueError',
        str: 'Invalid value NaN (not a number)',
      });
    });

    test('it takes no arguments', () => {
      expect(() => new (Lock as new (x: unknown) => Lock)(1)).toThrow(
        new TypeError('Lock() takes no arguments (1 given)'),
      );
    });

    test('hold() is held, as what `with` gives is; it is given back once', async () => {
      const lock = new Lock();
      expect(l01('with returns').ok).toBe(true);
      const held = await lock.hold();
      expect(lock.locked()).toBe(true);
      held.release();
      held[Symbol.dispose]();
      expect(await lock.acquire(false)).toBe(true);
    });

    test('it can be sent with any call, where Python refuses', async () => {
      expect(exc(l01('pickle outside spawning')).type).toBe('RuntimeError');
      await using pool = new (get_context('thread').Pool)(1);
      expect(await pool.apply((l: Lock) => l, [new Lock()])).toBeInstanceOf(
        facade === 'async' ? Lock : sync.Lock,
      );
    });

    test('locked() is there, as since 3.14', async () => {
      expect(exc(l01('locked() 3.14')).type).toBe('AttributeError');
      const lock = new Lock();
      expect(lock.locked()).toBe(false);
      await lock.acquire();
      expect(lock.locked()).toBe(true);
    });
  });

  withWorkers(
    'held elsewhere',
    1,
    (start, method) => {
      test('the name of the owner', async () => {
        const lock = new Lock();
        const rlock = new RLock();
        await lock.acquire();
        await rlock.acquire();
        const [seen] = await start(1, (l: Lock, r: RLock) => [String(l), String(r)], lock, rlock).finished;
        const name = method === 'thread' ? 'SomeOtherThread' : 'SomeOtherProcess';
        expect(l01('repr from other thread').ok).toBe('<Lock(owner=SomeOtherThread)>');
        expect(seen).toEqual([`<Lock(owner=${name})>`, `<RLock(${name}, nonzero)>`]);
      });

      test('its own name where it is held', async () => {
        const [seen] = await start(
          1,
          async (l: Lock, r: RLock) => {
            await l.acquire();
            await r.acquire();
            return [String(l), String(r)];
          },
          new Lock(),
          new RLock(),
        ).finished;
        const name = method === 'thread' ? /MainProcess\|Thread-\d+ \(worker\)/ : /SpawnPoolWorker-\d+/;
        expect(seen![0]).toMatch(new RegExp(`^<Lock\\(owner=${name.source}\\)>$`));
        expect(seen![1]).toMatch(new RegExp(`^<RLock\\(${name.source}, 1\\)>$`));
      });

      test('a lock can be released by others', async () => {
        const lock = new Lock();
        await lock.acquire();
        const [result] = await start(
          1,
          (l: Lock) => {
            l.release();
            return 'released';
          },
          lock,
        ).finished;
        expect(result).toBe(l01('release from another process OK').ok);
        expect(l01('release from another thread OK').ok).toBeNull();
        expect(await lock.acquire(false)).toBe(l01('lock usable again').ok);
      });

      test('an RLock can neither be acquired nor released by others', async () => {
        const lock = new RLock();
        await lock.acquire();
        const [[got, error]] = (await start(
          1,
          async (l: RLock) => {
            const acquired = await l.acquire(false);
            try {
              l.release();
              return [acquired, null];
            } catch (thrown) {
              return [acquired, `${(thrown as Error).name}: ${(thrown as Error).message}`];
            }
          },
          lock,
        ).finished) as [[boolean, string]];
        expect(got).toBe(l01('other thread cannot acquire').ok);
        expect(error).toBe(l01('other process release').ok);
        const there = l01('other thread release').ok as { type: string; str: string };
        expect(error).toBe(`${there.type.replace('builtins.', '')}: ${there.str}`);
      });
    },
    facade,
  );

  test('RLock', async () => {
    const lock = new RLock();
    expect(String(lock)).toBe(l01('RLock repr').ok);
    expect([await lock.acquire(), await lock.acquire()]).toEqual(l01('RLock x2').ok);
    expect(String(lock)).toBe(l01('repr').ok);
    lock.release();
    lock.release();
    await expectAsThere('release unowned', () => {
      lock.release();
    });
  });

  describe('semaphores', () => {
    test('values', async () => {
      const s = new Semaphore(1);
      const seen = [
        String(s),
        s.get_value(),
        await s.acquire(),
        await s.acquire(false),
        none(() => {
          s.release();
        }),
        none(() => {
          s.release();
        }),
        s.get_value(),
      ];
      expect(seen).toEqual(l01('Semaphore').ok);
      expect(await new Semaphore(0).acquire(false)).toBe(l01('Semaphore(0) acquire(False)').ok);
      expect(new Semaphore(2 ** 31 - 1).get_value()).toBe(l01('huge').ok);
    });

    test('values that cannot be', async () => {
      await expectAsThere('Semaphore(1.5)', () => new Semaphore(1.5));
      await expectAsThere('too huge', () => new Semaphore(2 ** 31));
      await expectAsThere('overflow release', () => {
        new Semaphore(2 ** 31 - 1).release();
      });
      await expectAsThere('Semaphore(-1)', () => new Semaphore(-1));
    });

    test('release takes no count', async () => {
      await expectAsThere('release(2)', () => {
        (new Semaphore() as { release: (n: number) => void }).release(2);
      });
    });

    test('a bounded one cannot be released too often', async () => {
      await expectAsThere('bounded over-release', () => {
        new BoundedSemaphore(1).release();
      });
      await expectAsThere('BoundedSemaphore(0) release', () => {
        new BoundedSemaphore(0).release();
      });
      expect(String(new BoundedSemaphore(1))).toBe(l01('Bounded repr').ok);
    });
  });

  describe('Condition', () => {
    test('repr', () => {
      expect(String(new Condition())).toBe(l01('Condition repr').ok);
      expect(String(new Condition(new Lock()))).toBe(l01('Condition(Lock)').ok);
    });

    test('without its lock', async () => {
      const c = new Condition();
      await expectAsThere('wait unacquired', () => c.wait(0.01));
      await expectAsThere('notify unacquired', () => {
        c.notify();
      });
      await expectAsThere('notify_all unacquired', () => {
        c.notify_all();
      });
    });

    test('wait and wait_for', async () => {
      const c = new Condition();
      using _ = await c.hold();
      expect(await c.wait(0.05)).toBe(l01('wait timeout').ok);
      expect(await c.wait_for(() => 5)).toBe(l01('wait_for True').ok);
      expect(await c.wait_for(() => 0, 0.05)).toBe(l01('wait_for timeout returns last value').ok);
      expect(
        none(() => {
          c.notify();
        }),
      ).toBe(l01('notify none waiting').ok);
      await c.acquire();
      expect(await c.wait(0.05)).toBe(l01('wait while held recursively').ok);
      expect(String(c)).toBe('<Condition(<RLock(MainProcess, 2)>, 0)>');
      c.release();
    });

    test('of a semaphore', async () => {
      const c = new Condition(new Semaphore(1));
      expect([await c.acquire(), await c.wait(0.01)]).toEqual(l01('Condition(Semaphore)').ok);
    });

    test('of what is no lock', () => {
      expect(() => new Condition(5 as never)).toThrow(new TypeError('a condition needs a lock, not 5'));
    });
  });

  test('Event', async () => {
    const e = new Event();
    const seen = [
      e.is_set(),
      await e.wait(0.02),
      await e.wait(0),
      await e.wait(-1),
      none(() => {
        e.set();
      }),
      e.is_set(),
      await e.wait(),
      none(() => {
        e.clear();
      }),
      e.is_set(),
    ];
    expect(seen).toEqual(l01('Event').ok);
    expect(String(e).replace(/0x[0-9a-f]+/, '0xADDR')).toBe(l01('Event repr').ok);
    expect('isSet' in e).toBe(false);
  });

  describe('Barrier', () => {
    test('attributes', () => {
      const b = new Barrier(2);
      expect([b.parties, b.n_waiting, b.broken]).toEqual(l01('Barrier attrs').ok);
      expect(String(new Barrier(1)).replace(/0x[0-9a-f]+/, '0xADDR')).toBe(l01('repr Barrier').ok);
    });

    test('a timeout breaks it', async () => {
      const b = new Barrier(2);
      await expectAsThere('wait timeout breaks', () => b.wait(0.05));
      expect(b.broken).toBe(l01('broken').ok);
      await expectAsThere('wait on broken', () => b.wait());
      b.reset();
      expect([b.broken, b.n_waiting]).toEqual(l01('reset').ok);
      b.abort();
      expect(b.broken).toBe(l01('abort').ok);
    });

    test('for one, or for fewer', async () => {
      expect(await new Barrier(1).wait()).toBe(l01('Barrier(1) wait').ok);
      expect(new Barrier(0).parties).toBe(0);
      expect(l01('Barrier(0)').ok).toBe('accepted');
      expect(new Barrier(-1).parties).toBe(-1);
      expect(l01('Barrier(-1)').ok).toBe('accepted');
    });

    test('an action that throws', async () => {
      const b = new Barrier(1, () => {
        throw new ZeroDivisionError('division by zero');
      });
      await expectAsThere('action raises', () => b.wait());
      expect(b.broken).toBe(true);
    });

    test('an action runs once', async () => {
      const r: number[] = [];
      expect([await new Barrier(1, { action: () => r.push(1) }).wait(), r]).toEqual(
        l01('action runs once').ok,
      );
    });

    test('arguments that cannot be', () => {
      expect(() => new (Barrier as unknown as new () => Barrier)()).toThrow(
        new TypeError("Barrier() missing 1 required positional argument: 'parties'"),
      );
      expect(() => new Barrier(1.5)).toThrow(
        new TypeError("'float' object cannot be interpreted as an integer"),
      );
      expect(() => new Barrier(2, 5 as never)).toThrow(new TypeError("'int' object is not callable"));
    });
  });
});

// A thread that blocks is but one of those who come.
test('each of a barrier gets a number of its own', async () => {
  const b = new Barrier(2);
  expect(await Promise.all([b.wait(45), b.wait(45)])).toEqual(l01('return values are 0..n-1').ok);
});

test('an event is truthy, set or not, and has no isSet', () => {
  expect([Boolean(new Event()), 'isSet' in new Event()]).toEqual([l01('Event bool').ok, false]);
  expect(exc(l01('isSet')).type).toBe('AttributeError');
});

describe('an event that is cleared as soon as it is set', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new (get_context('spawn').Pool)(2);
  });
  afterAll(() => pool.terminate());

  test('all who wait hear of it, as of threading.Event; some do not hear of that of multiprocessing', async () => {
    const l02 = oracle('l02_event_set_clear');
    expect(l02('mp.Event: some waiters saw False').ok).toBe(true);
    expect(l02('threading.Event: all True').ok).toBe(true);
    for (let i = 0; i < 20; i++) {
      const event = new Event();
      const started = new Semaphore(0);
      const f = async (e: Event, s: Semaphore): Promise<boolean[]> => {
        const both = [e.wait(45), e.wait(45)];
        s.release();
        return await Promise.all(both);
      };
      const results = [pool.apply_async(f, [event, started]), pool.apply_async(f, [event, started])];
      await started.acquire();
      await started.acquire();
      event.set();
      event.clear();
      expect(await Promise.all(results.map((each) => each.get(45)))).toEqual([
        [true, true],
        [true, true],
      ]);
    }
  });
});
