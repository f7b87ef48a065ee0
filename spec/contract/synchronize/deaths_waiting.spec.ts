import {
  Barrier,
  BrokenBarrierError,
  Condition,
  Event,
  get_context,
  Lock,
  RLock,
  Semaphore,
} from 'multiprocessing-ts';
import { killAll } from '../process/support';
import { soon, until } from '../support';
import { untilThreadsWait } from './support';

/*
 * Killed in every waiting state there is, on the event loop and blocked, first in the line: whoever else waits goes on.
 */
type Primitive = Lock | RLock | Semaphore | Condition | Event | Barrier;

interface Kind {
  readonly name: string;
  /** One that everybody has to wait for. */
  readonly make: () => Promise<Primitive>;
  readonly wait: (primitive: never) => Promise<unknown>;
  readonly waitSync: (primitive: never) => unknown;
  /** What lets two go on. */
  readonly go: (primitive: never) => unknown;
}

/** The types of one kind of thing, which the table need not know. */
const kind = <T extends Primitive>(
  name: string,
  make: () => T | Promise<T>,
  wait: (primitive: T) => Promise<unknown>,
  waitSync: (primitive: T) => unknown,
  go: (primitive: T) => unknown,
): Kind => ({ name, make: async () => await make(), wait, waitSync, go });

const KINDS = [
  ...[Lock, RLock].map((Class) =>
    kind(
      Class.name,
      async () => {
        const lock = new Class();
        await lock.acquire();
        return lock;
      },
      async (lock) => {
        await lock.acquire();
        lock.release();
      },
      (lock) => {
        lock.acquireSync();
        lock.release();
      },
      (lock) => {
        lock.release();
      },
    ),
  ),
  kind(
    'Semaphore',
    () => new Semaphore(0),
    (semaphore) => semaphore.acquire(),
    (semaphore) => semaphore.acquireSync(),
    (semaphore) => {
      semaphore.release();
      semaphore.release();
    },
  ),
  kind(
    'Condition',
    () => new Condition(),
    async (condition) => {
      await condition.acquire();
      await condition.wait();
      condition.release();
    },
    (condition) => {
      condition.acquireSync();
      condition.waitSync();
      condition.release();
    },
    async (condition) => {
      using _ = await condition.hold();
      condition.notify(2);
    },
  ),
  kind(
    'Event',
    () => new Event(),
    (event) => event.wait(),
    (event) => event.waitSync(),
    (event) => {
      event.set();
    },
  ),
];

describe.each(['spawn', 'thread'] as const)('killed (%s)', (method) => {
  const { Process } = get_context(method);
  /** The others are threads in any case: they are there sooner. */
  const Other = get_context('thread').Process;
  afterEach(killAll);

  describe.each(KINDS)('while it waits for a $name', ({ make, wait, waitSync, go }) => {
    test.each([
      { how: 'on its event loop', way: wait },
      { how: 'blocked', way: waitSync },
    ])('$how: the others go on', async ({ way }) => {
      const args = [(await make()) as never] as const;
      const doomed = new Process({ target: way, args });
      doomed.start();
      await untilThreadsWait(1);
      const others = [wait, waitSync].map((target) => new Other({ target, args }));
      for (const other of others) other.start();
      await untilThreadsWait(3);
      doomed.kill();
      await doomed.join();
      await go(...args);
      await soon(Promise.all(others.map((other) => other.join())));
      expect([doomed, ...others].map(({ exitcode }) => exitcode)).toEqual([-9, 0, 0]);
    });
  });

  test.each([{ how: 'on its event loop' }, { how: 'blocked' }])(
    'while it waits $how at a Barrier: that breaks for the others',
    async ({ how }) => {
      const barrier = new Barrier(4);
      const told = new Semaphore(0);
      const wait = (b: Barrier): Promise<unknown> => b.wait();
      const waitSync = (b: Barrier): unknown => b.waitSync();
      const doomed = new Process({ target: how === 'blocked' ? waitSync : wait, args: [barrier] });
      doomed.start();
      await until(() => barrier.n_waiting === 1);
      const here = barrier.wait();
      here.catch(() => undefined);
      const other = new Other({
        target: (b: Barrier, t: Semaphore) => {
          try {
            b.waitSync();
          } catch (error) {
            if ((error as Error).name === 'BrokenBarrierError') t.release();
          }
        },
        args: [barrier, told],
      });
      other.start();
      await until(() => barrier.n_waiting === 3);
      doomed.kill();
      await expect(soon(here)).rejects.toThrow(BrokenBarrierError);
      await soon(other.join());
      expect([told.get_value(), barrier.broken]).toEqual([1, true]);
      barrier.reset();
      expect([barrier.broken, barrier.n_waiting]).toEqual([false, 0]);
    },
  );

  test.each([{ Class: Lock }, { Class: RLock }])(
    'while it holds a $Class.name that others block for: one is told, one gets it',
    async ({ Class }) => {
      const lock = new Class();
      const there = new Event();
      const holder = new Process({
        target: async (l: Lock | RLock, e: Event) => {
          await l.acquire();
          e.set();
          await new Event().wait();
        },
        args: [lock, there],
      });
      holder.start();
      await soon(there.wait());
      const told = new Semaphore(0);
      const got = new Semaphore(0);
      const target = (l: Lock | RLock, t: Semaphore, g: Semaphore): void => {
        try {
          l.acquireSync();
          g.release();
          l.release();
        } catch (error) {
          if ((error as Error).name === 'OwnerDiedError') t.release();
        }
      };
      const others = [1, 2].map(() => new Other({ target, args: [lock, told, got] }));
      for (const other of others) other.start();
      // The holder waits too, for what never comes.
      await untilThreadsWait(3);
      holder.kill();
      await soon(Promise.all(others.map((other) => other.join())));
      expect([told.get_value(), got.get_value()]).toEqual([1, 1]);
      expect(await lock.acquire(false)).toBe(true);
    },
  );
});
