import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  get_context,
  Lock,
  RLock,
  Semaphore,
} from 'multiprocessing-ts';
import type * as Multiprocessing from 'multiprocessing-ts';
import { killAll } from '../process/support';
import { contract, soon } from '../support';

/*
 * However they travel, and to whomever, they are the same: what is done there is seen here.
 */
const all = () => ({
  lock: new Lock(),
  rlock: new RLock(),
  semaphore: new Semaphore(0),
  bounded: new BoundedSemaphore(2),
  condition: new Condition(),
  event: new Event(),
  barrier: new Barrier(1),
});
type All = ReturnType<typeof all>;

/** Leaves its trace in each of them; says what they are there. */
const touch = async (given: All): Promise<string[]> => {
  await given.lock.acquire();
  await given.rlock.acquire();
  given.rlock.release();
  given.semaphore.release();
  await given.bounded.acquire();
  await given.condition.acquire();
  given.condition.notify();
  given.condition.release();
  given.event.set();
  given.barrier.abort();
  return Object.values(given).map((each) => each.constructor.name);
};

const NAMES = ['Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition', 'Event', 'Barrier'];

/** Have they been touched? A second time would be too much for the lock. */
const traces = ({ lock, semaphore, bounded, event, barrier }: All): unknown[] => [
  lock.locked(),
  semaphore.get_value(),
  bounded.get_value(),
  event.is_set(),
  barrier.broken,
];
const TOUCHED = [true, 1, 1, true, true];

contract('they travel', (makePool, method) => {
  const { Process } = get_context(method);
  afterEach(killAll);

  const run = async (p: Multiprocessing.Process): Promise<void> => {
    p.start();
    await soon(p.join());
    expect(p.exitcode).toBe(0);
  };

  test('as arguments of a call', async () => {
    const given = all();
    expect(await makePool(1).apply(touch, [given])).toEqual(NAMES);
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as arguments of an initializer', async () => {
    const given = all();
    const pool = makePool({ processes: 1, initializer: touch, initargs: [given] });
    await pool.apply(() => undefined);
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as what a function names', async () => {
    const given = all();
    expect(await makePool(1).apply(() => touch(given))).toEqual(NAMES);
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as results, and back again', async () => {
    const pool = makePool(1);
    const given = await pool.apply<[make: typeof all], All>((make) => make(), [all]);
    expect(Object.values(given).map((each) => each.constructor)).toEqual([
      Lock,
      RLock,
      Semaphore,
      BoundedSemaphore,
      Condition,
      Event,
      Barrier,
    ]);
    expect(await pool.apply(touch, [given])).toEqual(NAMES);
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as items of a map', async () => {
    const given = [all(), all(), all()];
    expect(await makePool(2).map(touch, given, 2)).toEqual([NAMES, NAMES, NAMES]);
    expect(given.map(traces)).toEqual([TOUCHED, TOUCHED, TOUCHED]);
  });

  test('as arguments of a process, by position and by keyword', async () => {
    const given = all();
    const { event, ...rest } = given;
    await run(
      new Process({
        target: async (r: Omit<All, 'event'>, kwargs: { event: Event }) => {
          await touch({ ...r, event: kwargs.event });
        },
        args: [rest],
        kwargs: { event },
      }),
    );
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as what the target of a process names', async () => {
    const given = all();
    await run(new Process({ target: () => touch(given) }));
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('as fields of a subclass of Process', async () => {
    const given = all();
    class Toucher extends Process {
      constructor(private readonly given: All) {
        super();
      }

      override async run(): Promise<void> {
        await touch(this.given);
      }
    }
    await run(new Toucher(given));
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('to the child of a child', async () => {
    const given = all();
    await run(
      new Process({
        target: async (g: All) => {
          const child = new Process({ target: touch, args: [g] });
          child.start();
          await child.join();
        },
        args: [given],
      }),
    );
    expect(traces(given)).toEqual(TOUCHED);
  });

  test('from where they were made to the child of a child of another', async () => {
    const event = await makePool(1).apply<[Class: typeof Event], Event>((Class) => new Class(), [Event]);
    await run(
      new Process({
        target: async (e: Event) => {
          const inner = new Process({
            target: (x: Event) => {
              x.set();
            },
            args: [e],
          });
          inner.start();
          await inner.join();
        },
        args: [event],
      }),
    );
    expect(event.is_set()).toBe(true);
  });

  test('twice in one message, and are one there', async () => {
    const lock = new Lock();
    const same = await makePool(1).apply(
      (a: Lock, { b }: { b: Lock }, f: () => Lock) => [a === b, f() === b],
      [lock, { b: lock }, () => lock],
    );
    expect(same).toEqual([true, true]);
  });

  test('a condition with its lock, which is the one that travels beside it', async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const [held, complaint] = await makePool(1).apply(
      async (l: Lock, c: Condition): Promise<[boolean, string]> => {
        await l.acquire();
        c.notify_all();
        const before = c.locked();
        l.release();
        try {
          c.notify();
          return [before, ''];
        } catch (error) {
          return [before, (error as Error).message];
        }
      },
      [lock, condition],
    );
    expect([held, complaint]).toEqual([true, 'lock is not owned']);
  });

  test('a barrier with its action', async () => {
    const done = new Semaphore(0);
    const barrier = new Barrier(2, () => {
      done.release();
    });
    const there = makePool(1).apply((b: Barrier) => b.wait(), [barrier]);
    expect((await soon(Promise.all([there, barrier.wait()]))).sort()).toEqual([0, 1]);
    expect(done.get_value()).toBe(1);
  });
});

test('a process and a thread meet at what both were given', async () => {
  const barrier = new Barrier(3);
  const others = (['spawn', 'thread'] as const).map(
    (method) =>
      new (get_context(method).Process)({ target: (b: Barrier) => b.wait(), args: [barrier], daemon: true }),
  );
  for (const other of others) other.start();
  expect(await soon(barrier.wait())).toBeLessThan(3);
  await Promise.all(others.map((other) => other.join()));
  expect(others.map(({ exitcode }) => exitcode)).toEqual([0, 0]);
});
