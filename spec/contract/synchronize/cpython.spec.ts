import { get_context, type Pool } from 'multiprocessing-ts';
import { AssertionError, OSError, RuntimeError, ValueError } from 'multiprocessing-ts/builtins';
import {
  BrokenBarrierError,
  type Barrier,
  type Condition,
  type Event,
  type Lock,
  type RLock,
  type Semaphore,
} from 'multiprocessing-ts/synchronize';
import { BOTH, soon, until } from '../support';
import { classesOf } from './blocking';
import { timed, untilWaiting, waiting, withWorkers } from './support';

/*
 * The tests of CPython's own suite about locks and their kin (Lib/test/_test_multiprocessing.py), under their names.
 * What they count with (`_DummyList`, `Value`) are semaphores here: `release` counts, `get_value` reads.
 */
const TIMEOUT1 = 0.08;
const TIMEOUT2 = 0.1;

const takes = async (call: () => Promise<unknown>, seconds: number): Promise<void> => {
  const [, took] = await timed(call);
  // A timer may be a little early, and a busy machine late.
  expect(took).toBeGreaterThanOrEqual(seconds - 0.005);
};

describe.each(BOTH.map((facade) => ({ facade })))('$facade', ({ facade }) => {
  const { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } = classesOf(facade);
  describe('_TestLock', () => {
    test('test_lock', async () => {
      const lock = new Lock();
      expect(await lock.acquire()).toBe(true);
      expect(await lock.acquire(false)).toBe(false);
      expect(lock.locked()).toBe(true);
      lock.release();
      expect(lock.locked()).toBe(false);
      expect(() => {
        lock.release();
      }).toThrow(ValueError);
    });

    test('test_rlock', async () => {
      const lock = new RLock();
      for (let i = 0; i < 3; i++) expect(await lock.acquire()).toBe(true);
      for (let i = 0; i < 3; i++) lock.release();
      expect(() => {
        lock.release();
      }).toThrow(AssertionError);
    });

    test('test_lock_context', async () => {
      const lock = new Lock();
      {
        using _ = await lock.hold();
        expect(lock.locked()).toBe(true);
      }
      expect(lock.locked()).toBe(false);
    });

    test('test_rlock_context', async () => {
      const lock = new RLock();
      {
        using _ = await lock.hold();
        using __ = await lock.hold();
        expect(String(lock)).toBe('<RLock(MainProcess, 2)>');
      }
      expect(lock.locked()).toBe(false);
    });
  });

  withWorkers(
    '_TestLock',
    1,
    (start) => {
      test.each([
        { name: 'test_lock_locked_2processes', Class: Lock },
        { name: 'test_rlock_locked_2processes', Class: RLock },
      ])('$name', async ({ Class }) => {
        const lock = new Class();
        const has = new Event();
        const done = new Event();
        const { finished } = start(
          1,
          async (l: Lock | RLock, h: Event, d: Event) => {
            await l.acquire();
            h.set();
            await d.wait();
            l.release();
          },
          lock,
          has,
          done,
        );
        expect(await has.wait(45)).toBe(true);
        expect(lock.locked()).toBe(true);
        done.set();
        await finished;
        expect(lock.locked()).toBe(false);
      });
    },
    facade,
  );

  describe('_TestSemaphore', () => {
    const check = async (sem: Semaphore): Promise<void> => {
      expect(sem.get_value()).toBe(2);
      expect(await sem.acquire()).toBe(true);
      expect(sem.get_value()).toBe(1);
      expect(await sem.acquire()).toBe(true);
      expect(sem.get_value()).toBe(0);
      expect(await sem.acquire(false)).toBe(false);
      expect(sem.get_value()).toBe(0);
      sem.release();
      expect(sem.get_value()).toBe(1);
      sem.release();
      expect(sem.get_value()).toBe(2);
    };

    test('test_semaphore', async () => {
      const sem = new Semaphore(2);
      await check(sem);
      sem.release();
      expect(sem.get_value()).toBe(3);
      sem.release();
      expect(sem.get_value()).toBe(4);
    });

    test('test_bounded_semaphore', async () => {
      const sem = new BoundedSemaphore(2);
      await check(sem);
      expect(() => {
        sem.release();
      }).toThrow(ValueError);
      expect(sem.get_value()).toBe(2);
    });

    test('test_timeout', async () => {
      const sem = new Semaphore(0);
      expect(await sem.acquire(false)).toBe(false);
      expect(await sem.acquire(false, null)).toBe(false);
      // Longer than a test may take.
      expect(await sem.acquire(false, 1000)).toBe(false);
      await takes(() => expect(sem.acquire(true, TIMEOUT2)).resolves.toBe(false), TIMEOUT2);
      await takes(() => expect(sem.acquire({ timeout: TIMEOUT2 })).resolves.toBe(false), TIMEOUT2);
    });
  });

  describe('_TestCondition', () => {
    let processes: Pool;
    let threads: Pool;
    beforeAll(() => {
      processes = new (get_context('spawn').Pool)(3);
      threads = new (get_context('thread').Pool)(3);
    });
    afterAll(async () => {
      await Promise.all([processes.terminate(), threads.terminate()]);
    });

    const f = async (
      cond: Condition,
      sleeping: Semaphore,
      woken: Semaphore,
      timeout: number | null,
    ): Promise<boolean> => {
      await cond.acquire();
      sleeping.release();
      const notified = await cond.wait(timeout);
      woken.release();
      cond.release();
      return notified;
    };

    const state = () => ({ cond: new Condition(), sleeping: new Semaphore(0), woken: new Semaphore(0) });

    /** So many processes and as many threads that wait. */
    const start = async (
      { cond, sleeping, woken }: ReturnType<typeof state>,
      each: number,
      timeout: number | null = null,
    ): Promise<{ ended: Promise<boolean[]> }> => {
      const results = [processes, threads].flatMap((pool) =>
        Array.from({ length: each }, () => pool.apply_async(f, [cond, sleeping, woken, timeout]).get()),
      );
      for (let i = 0; i < 2 * each; i++) await soon(sleeping.acquire(), 'that all sleep');
      return { ended: soon(Promise.all(results), 'that all end') };
    };

    const notify = async (cond: Condition, n: number): Promise<void> => {
      using _ = await cond.hold();
      cond.notify(n);
    };

    /** Exactly so many have woken up, and so many sleep. */
    const check = async (
      { cond, woken }: ReturnType<typeof state>,
      awake: number,
      asleep: number,
    ): Promise<void> => {
      await until(() => woken.get_value() === awake, `that ${awake} are awake`);
      {
        // All who were told have told it: they hold the lock until they have.
        using _ = await cond.hold();
        expect(woken.get_value()).toBe(awake);
      }
      expect(waiting(cond)).toBe(asleep);
    };

    test('test_notify', async () => {
      const s = state();
      const { ended } = await start(s, 1);
      await check(s, 0, 2);
      await notify(s.cond, 1);
      await check(s, 1, 1);
      await notify(s.cond, 1);
      await check(s, 2, 0);
      expect(await ended).toEqual([true, true]);
    });

    test('test_notify_all', async () => {
      const s = state();
      const timedOut = await start(s, 3, TIMEOUT1);
      expect(await timedOut.ended).toEqual(Array(6).fill(false));
      await check(s, 6, 0);
      for (let i = 0; i < 6; i++) await s.woken.acquire();

      const { ended } = await start(s, 3);
      await check(s, 0, 6);
      {
        using _ = await s.cond.hold();
        s.cond.notify_all();
      }
      await check(s, 6, 0);
      expect(await ended).toEqual(Array(6).fill(true));
    });

    test('test_notify_n', async () => {
      const s = state();
      const { ended } = await start(s, 3);
      await check(s, 0, 6);
      await notify(s.cond, 2);
      await check(s, 2, 4);
      await notify(s.cond, 4);
      await check(s, 6, 0);
      await notify(s.cond, 3);
      await check(s, 6, 0);
      expect(await ended).toEqual(Array(6).fill(true));
    });

    test('test_timeout', async () => {
      const cond = new Condition();
      using _ = await cond.hold();
      await takes(() => expect(cond.wait(TIMEOUT1)).resolves.toBe(false), TIMEOUT1);
    });

    test.each(['spawn', 'thread'] as const)('test_waitfor (%s)', async (method) => {
      const cond = new Condition();
      const value = new Semaphore(7);
      const pool = method === 'spawn' ? processes : threads;
      const result = pool.apply_async(
        async (c: Condition, v: Semaphore) => {
          using _ = await c.hold();
          while (await v.acquire(false)) {
            // to 0
          }
          c.notify();
          return [await c.wait_for(() => v.get_value() === 4), v.get_value()];
        },
        [cond, value],
      );
      {
        using _ = await cond.hold();
        expect(await cond.wait_for(() => value.get_value() === 0, 45)).toBe(true);
      }
      for (let i = 0; i < 4; i++) {
        using _ = await cond.hold();
        value.release();
        cond.notify();
      }
      expect(await soon(result.get())).toEqual([true, 4]);
    });

    test.each(['spawn', 'thread'] as const)('test_waitfor_timeout (%s)', async (method) => {
      const cond = new Condition();
      const value = new Semaphore(0);
      const sem = new Semaphore(0);
      const pool = method === 'spawn' ? processes : threads;
      const result = pool.apply_async(
        async (c: Condition, v: Semaphore, s: Semaphore) => {
          s.release();
          using _ = await c.hold();
          const begin = performance.now();
          const got = await c.wait_for(() => v.get_value() === 4, 0.1);
          return [got, performance.now() - begin > 95];
        },
        [cond, value, sem],
      );
      expect(await sem.acquire(true, 45)).toBe(true);
      // Only three times, so it never comes to four.
      for (let i = 0; i < 3; i++) {
        using _ = await cond.hold();
        value.release();
        cond.notify();
      }
      expect(await soon(result.get())).toEqual([false, true]);
    });

    test('test_wait_result', async () => {
      const c = new Condition();
      using _ = await c.hold();
      expect(await c.wait(0)).toBe(false);
      expect(await c.wait(0.1)).toBe(false);
      const result = processes.apply_async(
        async (cond: Condition) => {
          using __ = await cond.hold();
          cond.notify();
        },
        [c],
      );
      expect(await c.wait(45)).toBe(true);
      await soon(result.get());
    });
  });

  withWorkers(
    '_TestEvent',
    1,
    (start) => {
      test('test_event', async () => {
        const event = new Event();
        expect(event.is_set()).toBe(false);
        expect(await event.wait(0)).toBe(false);
        await takes(() => expect(event.wait(TIMEOUT1)).resolves.toBe(false), TIMEOUT1);
        event.set();
        expect(event.is_set()).toBe(true);
        expect(await event.wait()).toBe(true);
        expect(await event.wait(TIMEOUT1)).toBe(true);
        event.clear();
        expect(event.is_set()).toBe(false);
        const { finished } = start(
          1,
          async (e: Event) => {
            await new Promise((resolve) => setTimeout(resolve, 50));
            e.set();
          },
          event,
        );
        expect(await soon(event.wait())).toBe(true);
        await finished;
      });

      test('test_repr', () => {
        const event = new Event();
        expect(String(event)).toMatch(/^<Event at .* unset>$/);
        event.set();
        expect(String(event)).toMatch(/^<Event at .* set>$/);
        event.clear();
        expect(String(event)).toMatch(/^<Event at .* unset>$/);
      });
    },
    facade,
  );

  const N = 5;
  const DEFAULT_TIMEOUT = 45;

  withWorkers(
    '_TestBarrier',
    N - 1,
    (start) => {
      let barrier: Barrier;
      beforeEach(() => {
        barrier = new Barrier(N, null, DEFAULT_TIMEOUT);
      });
      afterEach(() => {
        barrier.abort();
      });

      /** The function here and in the workers, at the same time. */
      const together = async <A extends readonly unknown[], R>(
        f: (...args: A) => Promise<R>,
        ...args: A
      ): Promise<R[]> => {
        const { finished } = start(N - 1, f, ...args);
        return await Promise.all([f(...args), finished]).then(([own, others]) => [own, ...others]);
      };

      test.each([
        { name: 'test_barrier', passes: 1 },
        { name: 'test_barrier_10', passes: 10 },
      ])('$name', async ({ passes }) => {
        const multipass = async (
          b: Barrier,
          before: Semaphore,
          after: Semaphore,
          n: number,
        ): Promise<boolean[]> => {
          const m = b.parties;
          const holds: boolean[] = [];
          for (let i = 0; i < n; i++) {
            before.release();
            holds.push(after.get_value() === i * m);
            await b.wait();
            after.release();
            holds.push(before.get_value() === (i + 1) * m);
            await b.wait();
          }
          holds.push(b.n_waiting === 0, !b.broken);
          return holds;
        };
        const holds = await together(multipass, barrier, new Semaphore(0), new Semaphore(0), passes);
        expect(holds).toEqual(Array(N).fill(Array(2 * passes + 2).fill(true)));
      });

      test('test_wait_return', async () => {
        const results = await together(async (b: Barrier) => await b.wait(), barrier);
        expect(results.sort()).toEqual([0, 1, 2, 3, 4]);
      });

      test('test_action', async () => {
        const results = new Semaphore(0);
        const b = new Barrier(N, () => {
          results.release();
        });
        const seen = await together(
          async (each: Barrier, r: Semaphore) => {
            await each.wait();
            return r.get_value();
          },
          b,
          results,
        );
        expect(seen).toEqual(Array(N).fill(1));
      });

      test('test_abort', async () => {
        const f = async (b: Barrier, n: number): Promise<string> => {
          try {
            if ((await b.wait()) === n) throw new RuntimeError();
            await b.wait();
            return 'passed';
          } catch (error) {
            if (error instanceof BrokenBarrierError) return 'broken';
            b.abort();
            return 'aborted';
          }
        };
        const results = await together(f, barrier, 2);
        expect(results.sort()).toEqual(['aborted', 'broken', 'broken', 'broken', 'broken']);
        expect(barrier.broken).toBe(true);
      });

      test('test_reset', async () => {
        const f = async (b: Barrier, n: number): Promise<string> => {
          let result = 'reset';
          if ((await b.wait()) === n >> 1) {
            // Until the others are all in the barrier.
            while (b.n_waiting < n - 1) await new Promise((resolve) => setTimeout(resolve, 1));
            b.reset();
          } else {
            try {
              await b.wait();
              result = 'passed';
            } catch (error) {
              result = (error as Error).name;
            }
          }
          await b.wait();
          return result;
        };
        const results = await together(f, barrier, N);
        expect(results.sort()).toEqual([...Array<string>(N - 1).fill('BrokenBarrierError'), 'reset']);
      });

      test('test_abort_and_reset', async () => {
        const f = async (b: Barrier, b2: Barrier, n: number): Promise<string> => {
          let result = 'passed';
          try {
            if ((await b.wait()) === n >> 1) throw new RuntimeError();
            await b.wait();
          } catch (error) {
            result = (error as Error).name;
            if (error instanceof RuntimeError && !(error instanceof BrokenBarrierError)) b.abort();
          }
          // All have left it before it is reset, and nobody comes before that.
          if ((await b2.wait()) === n >> 1) b.reset();
          await b2.wait();
          await b.wait();
          return result;
        };
        const results = await together(f, barrier, new Barrier(N), N);
        expect(results.sort()).toEqual([...Array<string>(N - 1).fill('BrokenBarrierError'), 'RuntimeError']);
      });

      test('test_timeout', async () => {
        const f = async (b: Barrier, n: number): Promise<string> => {
          const i = await b.wait();
          // One comes when the others have given up.
          while (i === n >> 1 && !b.broken) await new Promise((resolve) => setTimeout(resolve, 1));
          try {
            await b.wait(0.1);
            return 'passed';
          } catch (error) {
            return (error as Error).name;
          }
        };
        expect(await together(f, barrier, N)).toEqual(Array(N).fill('BrokenBarrierError'));
      });

      test('test_default_timeout', async () => {
        const b = new Barrier(N, { timeout: 0.1 });
        const f = async (each: Barrier, n: number): Promise<string> => {
          const i = await each.wait(45);
          while (i === n >> 1 && !each.broken) await new Promise((resolve) => setTimeout(resolve, 1));
          try {
            await each.wait();
            return 'passed';
          } catch (error) {
            return (error as Error).name;
          }
        };
        expect(await together(f, b, N)).toEqual(Array(N).fill('BrokenBarrierError'));
      });

      test('test_single_thread', async () => {
        const b = new Barrier(1);
        expect(await b.wait()).toBe(0);
        expect(await b.wait()).toBe(0);
      });

      test('test_thousand', async () => {
        // Everybody's number at the pass before is everybody's number.
        const f = async (b: Barrier, passes: Semaphore, n: number): Promise<number> => {
          let bad = 0;
          for (let i = 1; i <= 1000; i++) {
            passes.release();
            await b.wait();
            if (passes.get_value() < i * n || passes.get_value() >= (i + 1) * n) bad++;
          }
          return bad;
        };
        expect(await together(f, barrier, new Semaphore(0), N)).toEqual(Array(N).fill(0));
      });
    },
    facade,
  );

  /* ------------------------------------------------ those of Lib/test/lock_tests.py, where they say something else */

  withWorkers(
    'BaseLockTests',
    N,
    (start) => {
      describe.each([{ Class: Lock }, { Class: RLock }])('$Class.name', ({ Class }) => {
        type AnyLock = Lock | RLock;

        test('test_acquire_destroy', async () => {
          await new Class().acquire();
          expect(await new Class().acquire(false)).toBe(true);
        });

        test('test_acquire_release', async () => {
          const lock = new Class();
          await lock.acquire();
          lock.release();
          expect(lock.locked()).toBe(false);
        });

        test('test_try_acquire', async () => {
          const lock = new Class();
          expect(await lock.acquire(false)).toBe(true);
          lock.release();
        });

        test('test_try_acquire_contended', async () => {
          const lock = new Class();
          await lock.acquire();
          expect(await start(1, (l: AnyLock) => l.acquire(false), lock).finished).toEqual([false]);
          lock.release();
        });

        test('test_acquire_contended', async () => {
          const lock = new Class();
          const started = new Semaphore(0);
          const done = new Semaphore(0);
          await lock.acquire();
          const { finished } = start(
            N,
            async (l: AnyLock, s: Semaphore, d: Semaphore) => {
              s.release();
              await l.acquire();
              d.release();
              l.release();
            },
            lock,
            started,
            done,
          );
          await until(() => started.get_value() === N);
          expect(done.get_value()).toBe(0);
          lock.release();
          await finished;
          expect(done.get_value()).toBe(N);
        });

        test('test_with', async () => {
          const lock = new Class();
          const tryIt = async (l: AnyLock): Promise<boolean> => {
            const got = await l.acquire(false);
            if (got) l.release();
            return got;
          };
          {
            using _ = await lock.hold();
            expect(await start(1, tryIt, lock).finished).toEqual([false]);
          }
          expect(await start(1, tryIt, lock).finished).toEqual([true]);
          await expect(
            (async () => {
              using _ = await lock.hold();
              throw new TypeError();
            })(),
          ).rejects.toThrow(TypeError);
          expect(await start(1, tryIt, lock).finished).toEqual([true]);
        });

        test('test_timeout', async () => {
          const lock = new Class();
          expect(await lock.acquire({ timeout: 45 })).toBe(true);
          const [[got, took]] = (await start(
            1,
            async (l: AnyLock) => {
              const begin = performance.now();
              return [await l.acquire(true, 0.1), performance.now() - begin];
            },
            lock,
          ).finished) as [[boolean, number]];
          expect(got).toBe(false);
          expect(took).toBeGreaterThan(95);
          lock.release();
        });
      });
    },
    facade,
  );

  withWorkers(
    'LockTests',
    1,
    (start) => {
      test('test_reacquire', async () => {
        const lock = new Lock();
        const phase = new Semaphore(0);
        const { finished } = start(
          1,
          async (l: Lock, p: Semaphore) => {
            await l.acquire();
            p.release();
            await l.acquire();
            p.release();
          },
          lock,
          phase,
        );
        await until(() => phase.get_value() === 1);
        lock.release();
        await finished;
        expect(phase.get_value()).toBe(2);
      });

      test('test_different_thread', async () => {
        const lock = new Lock();
        await lock.acquire();
        await start(
          1,
          (l: Lock) => {
            l.release();
          },
          lock,
        ).finished;
        expect(await lock.acquire(false)).toBe(true);
      });

      test('test_state_after_timeout', async () => {
        const lock = new Lock();
        await lock.acquire();
        expect(await lock.acquire(true, 0.01)).toBe(false);
        lock.release();
        expect(lock.locked()).toBe(false);
        expect(await lock.acquire(false)).toBe(true);
      });
    },
    facade,
  );

  withWorkers(
    'RLockTests',
    1,
    (start) => {
      test('test_reacquire, test_recursion_count', async () => {
        const lock = new RLock();
        const count = (): string => String(lock);
        expect(count()).toBe('<RLock(None, 0)>');
        await lock.acquire();
        await lock.acquire();
        expect(count()).toBe('<RLock(MainProcess, 2)>');
        lock.release();
        await lock.acquire();
        expect(count()).toBe('<RLock(MainProcess, 2)>');
        lock.release();
        lock.release();
        expect(count()).toBe('<RLock(None, 0)>');
      });

      test('test_release_unacquired', async () => {
        const lock = new RLock();
        const release = (): void => {
          lock.release();
        };
        expect(release).toThrow(AssertionError);
        await lock.acquire();
        await lock.acquire();
        release();
        await lock.acquire();
        release();
        release();
        expect(release).toThrow(AssertionError);
      });

      test('RLockTests test_different_thread', async () => {
        const lock = new RLock();
        const finish = new Event();
        const has = new Event();
        const { finished } = start(
          1,
          async (l: RLock, h: Event, f: Event) => {
            await l.acquire();
            h.set();
            await f.wait();
            l.release();
          },
          lock,
          has,
          finish,
        );
        await soon(has.wait());
        expect(() => {
          lock.release();
        }).toThrow(AssertionError);
        finish.set();
        await finished;
      });

      test('test_locked_with_2threads', async () => {
        const lock = new RLock();
        await lock.acquire();
        expect(await start(1, (l: RLock) => l.locked(), lock).finished).toEqual([true]);
        lock.release();
        expect(await start(1, (l: RLock) => l.locked(), lock).finished).toEqual([false]);
      });
    },
    facade,
  );

  withWorkers(
    'EventTests',
    N,
    (start) => {
      test('test_notify', async () => {
        const event = new Event();
        const check = async (): Promise<void> => {
          const started = new Semaphore(0);
          const { finished } = start(
            N,
            async (e: Event, s: Semaphore) => {
              s.release();
              return [await e.wait(), await e.wait()];
            },
            event,
            started,
          );
          await until(() => started.get_value() === N);
          event.set();
          expect(await finished).toEqual(Array(N).fill([true, true]));
        };
        await check();
        // Another time, after an explicit clear().
        event.set();
        event.clear();
        await check();
      });

      test('EventTests test_timeout', async () => {
        const event = new Event();
        const f = async (e: Event): Promise<boolean[]> => {
          const at_once = await e.wait(0);
          const begin = performance.now();
          const later = await e.wait(0.1);
          return [at_once, later, performance.now() - begin > 95];
        };
        expect(await start(N, f, event).finished).toEqual(Array(N).fill([false, false, true]));
        event.set();
        const set = await start(N, f, event).finished;
        expect(set.map(([at_once, later]) => [at_once, later])).toEqual(Array(N).fill([true, true]));
      });
    },
    facade,
  );

  withWorkers(
    'ConditionTests',
    N,
    (start) => {
      test('test_acquire', async () => {
        let cond = new Condition();
        await cond.acquire();
        await cond.acquire();
        cond.release();
        cond.release();
        const lock = new Lock();
        cond = new Condition(lock);
        await cond.acquire();
        expect(await lock.acquire(false)).toBe(false);
        cond.release();
        expect(await lock.acquire(false)).toBe(true);
        expect(await cond.acquire(false)).toBe(false);
        lock.release();
        using _ = await cond.hold();
        expect(await lock.acquire(false)).toBe(false);
      });

      test('test_unacquired_wait, test_unacquired_notify', async () => {
        const cond = new Condition();
        await expect(cond.wait()).rejects.toThrow(AssertionError);
        expect(() => {
          cond.notify();
        }).toThrow(AssertionError);
      });

      test('ConditionTests test_notify', async () => {
        const cond = new Condition();
        const check = async (): Promise<void> => {
          const phase = new Semaphore(0);
          const awake = new Semaphore(0);
          const { finished } = start(
            N,
            async (c: Condition, p: Semaphore, a: Semaphore) => {
              const results: [boolean, number][] = [];
              for (let i = 0; i < 2; i++) {
                await c.acquire();
                const result = await c.wait();
                results.push([result, p.get_value()]);
                a.release();
                c.release();
              }
              return results;
            },
            cond,
            phase,
            awake,
          );
          const notify = async (n: number): Promise<void> => {
            using _ = await cond.hold();
            cond.notify(n);
            // None of them can go on before the lock is released.
            phase.release();
          };
          await untilWaiting(cond, N);
          expect(awake.get_value()).toBe(0);
          await notify(3);
          await until(() => awake.get_value() === 3);
          await untilWaiting(cond, N);
          // In their first or their second wait.
          await notify(5);
          await until(() => awake.get_value() === 3 + N);
          await untilWaiting(cond, 2);
          await notify(Infinity);
          const results = await finished;
          const count = (of: number[]): number =>
            results.filter((each) => each.every(([notified, p], i) => notified && p === of[i])).length;
          expect([count([1, 2]), count([2, 3])]).toEqual([3, 2]);
        };
        await check();
        // A second time, to check internal state is still ok.
        await check();
      });

      test('ConditionTests test_timeout', async () => {
        const results = await start(
          N,
          async (c: Condition) => {
            using _ = await c.hold();
            const begin = performance.now();
            return [await c.wait(0.1), performance.now() - begin > 95];
          },
          new Condition(),
        ).finished;
        expect(results).toEqual(Array(N).fill([false, true]));
      });
    },
    facade,
  );

  withWorkers(
    'BaseSemaphoreTests',
    5,
    (start) => {
      describe.each([{ Class: Semaphore }, { Class: BoundedSemaphore }])('$Class.name', ({ Class }) => {
        test('test_constructor', () => {
          // There a ValueError: multiprocessing asks the system.
          expect(() => new Class({ value: -1 })).toThrow(OSError);
        });

        test('test_acquire', async () => {
          const one = new Class(1);
          await one.acquire();
          one.release();
          const two = new Class(2);
          await two.acquire();
          await two.acquire();
          two.release();
          two.release();
          expect([one.get_value(), two.get_value()]).toEqual([1, 2]);
        });

        test('test_acquire_contended', async () => {
          // As there, but with 4 and 3 for 10 and 7: so many processes are slow to start.
          const value = 3;
          const sem = new Class(value);
          await sem.acquire();
          const phase = new Semaphore(0);
          const results = [new Semaphore(0), new Semaphore(0), new Semaphore(0)];
          const { finished } = start(
            4,
            async (s: Semaphore, p: Semaphore, r: Semaphore[]) => {
              const got: boolean[] = [];
              for (let i = 0; i < 2; i++) {
                got.push(await s.acquire());
                r[p.get_value()]?.release();
              }
              return got;
            },
            sem,
            phase,
            results,
          );
          const counts = (): number[] => results.map((each) => each.get_value());
          const reach = (...expected: number[]): Promise<void> =>
            until(() => String(counts()) === String(expected), `that they have ${String(expected)}`);
          await reach(value - 1, 0, 0);
          phase.release();
          for (let i = 0; i < value; i++) releaseMore(sem);
          await reach(value - 1, value, 0);
          phase.release();
          for (let i = 0; i < value - 1; i++) releaseMore(sem);
          await reach(value - 1, value, value - 1);
          expect(await sem.acquire(false)).toBe(false);
          releaseMore(sem);
          expect((await finished).flat()).toEqual(Array(8).fill(true));
        });

        const releaseMore = (sem: Semaphore): void => {
          sem.release();
        };

        test('test_try_acquire', async () => {
          const sem = new Class(2);
          expect(await sem.acquire(false)).toBe(true);
          expect(await sem.acquire(false)).toBe(true);
          expect(await sem.acquire(false)).toBe(false);
          sem.release();
          expect(await sem.acquire(false)).toBe(true);
        });

        test('test_try_acquire_contended', async () => {
          const sem = new Class(4);
          await sem.acquire();
          const results = await start(
            5,
            async (s: Semaphore) => [await s.acquire(false), await s.acquire(false)],
            sem,
          ).finished;
          expect(results.flat().filter((got) => got)).toHaveLength(3);
        });

        test('test_acquire_timeout', async () => {
          const sem = new Class(2);
          expect(await sem.acquire({ timeout: 0.005 })).toBe(true);
          expect(await sem.acquire({ timeout: 0.005 })).toBe(true);
          expect(await sem.acquire({ timeout: 0.005 })).toBe(false);
          sem.release();
          expect(await sem.acquire({ timeout: 0.005 })).toBe(true);
          await takes(() => expect(sem.acquire({ timeout: 0.1 })).resolves.toBe(false), 0.1);
        });

        test('test_default_value', async () => {
          const sem = new Class();
          await sem.acquire();
          const started = new Event();
          const { finished } = start(
            1,
            async (s: Semaphore, e: Event) => {
              e.set();
              await s.acquire();
              s.release();
            },
            sem,
            started,
          );
          await soon(started.wait());
          sem.release();
          await finished;
          expect(sem.get_value()).toBe(1);
        });

        test('test_with', async () => {
          const sem = new Class(2);
          const inside = async (error?: Error): Promise<void> => {
            using _ = await sem.hold();
            expect(await sem.acquire(false)).toBe(true);
            sem.release();
            using __ = await sem.hold();
            expect(await sem.acquire(false)).toBe(false);
            if (error !== undefined) throw error;
          };
          await inside();
          expect(sem.get_value()).toBe(2);
          await expect(inside(new TypeError())).rejects.toThrow(TypeError);
          expect(sem.get_value()).toBe(2);
        });
      });

      test('SemaphoreTests test_release_unacquired', async () => {
        const sem = new Semaphore(1);
        sem.release();
        await sem.acquire();
        await sem.acquire();
        sem.release();
        expect(sem.get_value()).toBe(1);
      });

      test('BoundedSemaphoreTests test_release_unacquired', async () => {
        const sem = new BoundedSemaphore();
        const release = (): void => {
          sem.release();
        };
        expect(release).toThrow(ValueError);
        await sem.acquire();
        release();
        expect(release).toThrow(ValueError);
      });
    },
    facade,
  );

  withWorkers(
    'BarrierTests',
    2,
    (start) => {
      test('BarrierTests test_repr', async () => {
        const barrier = new Barrier(3);
        expect(String(barrier)).toMatch(/^<multiprocessing\.synchronize\.Barrier at .*: waiters=0\/3>$/);
        const { finished } = start(2, (b: Barrier) => b.wait(45), barrier);
        await until(() => barrier.n_waiting === 2);
        expect(String(barrier)).toMatch(/: waiters=2\/3>$/);
        await barrier.wait(45);
        await finished;
        expect(String(barrier)).toMatch(/: waiters=0\/3>$/);
        barrier.abort();
        expect(String(barrier)).toMatch(/: broken>$/);
      });
    },
    facade,
  );
});
