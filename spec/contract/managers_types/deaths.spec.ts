/** What becomes of shared objects when a process that uses them is killed. */
import { Process } from 'multiprocessing-ts';
import {
  SyncManager,
  type AcquirerProxy,
  type BarrierProxy,
  type EventProxy,
  type QueueProxy,
} from 'multiprocessing-ts/managers';
import { BrokenBarrierError, OwnerDiedError } from 'multiprocessing-ts/synchronize';
import { soon } from '../support';

let manager: SyncManager;
beforeAll(async () => {
  manager = await soon(new SyncManager().start());
});
afterAll(async () => {
  await manager.shutdown();
});

/** A process that does something with a shared object and then stays; `kill` resolves when it is gone. */
async function doomed<T>(
  work: (object: T, there: EventProxy) => Promise<unknown>,
  object: T,
): Promise<() => Promise<void>> {
  const there = await manager.Event();
  const target = async (run: (...args: never[]) => Promise<unknown>, ...args: never[]): Promise<void> => {
    await run(...args);
    await new Promise(() => setInterval(() => undefined, 1000));
  };
  const child = new Process({
    target: target as () => unknown,
    args: [work, object, there] as never,
    daemon: true,
  });
  child.start();
  await soon(there.wait());
  return async () => {
    child.kill();
    await soon(child.join());
  };
}

const acquires = async (lock: AcquirerProxy, there: EventProxy): Promise<void> => {
  await lock.acquire();
  await there.set();
};

test.each(['Lock', 'RLock', 'Condition'] as const)(
  'the death of the holder of a %s is told to one who waits; then it is free',
  async (type) => {
    const lock: AcquirerProxy = await manager[type]();
    const kill = await doomed(acquires, lock);
    expect(await lock.acquire(false)).toBe(false);
    const waiting = lock.acquire().catch((error: unknown) => error);
    await kill();
    expect(await soon(waiting)).toBeInstanceOf(OwnerDiedError);
    expect(await soon(lock.acquire())).toBe(true);
    await lock.release();
  },
);

test('what one who died would have got from a queue, others get', async () => {
  const queue = await manager.Queue<string>();
  const kill = await doomed(async (q: QueueProxy<string>, there: EventProxy) => {
    const item = q.get();
    await there.set();
    await item;
  }, queue);
  const mine = queue.get();
  await kill();
  await queue.put('precious');
  expect(await soon(mine)).toBe('precious');
  expect(await queue.empty()).toBe(true);
});

test('nothing is lost when one dies while it gets one item after the other', async () => {
  const queue = await manager.Queue<number>();
  const seen = await manager.Queue<number>();
  const kill = await doomed(
    async ([from, to]: readonly QueueProxy<number>[], there: EventProxy) => {
      await there.set();
      for (;;) await to?.put(((await from?.get()) ?? 0) + 0);
    },
    [queue, seen],
  );
  const puts = Array.from({ length: 2000 }, (_, i) => queue.put(i));
  await soon(seen.get());
  await kill();
  await Promise.all(puts);
  const rest: number[] = [];
  // One of those that the dead one has got it may not have passed on.
  for (let left = await queue.qsize(); left > 0; left = await queue.qsize()) rest.push(await queue.get());
  const passed = 1 + (await seen.qsize());
  expect(passed + rest.length).toBeGreaterThanOrEqual(1999);
  expect(passed + rest.length).toBeLessThanOrEqual(2000);
  expect(new Set(rest).size).toBe(rest.length);
});

test('a barrier breaks when one dies who waits', async () => {
  const barrier = await manager.Barrier(3);
  const kill = await doomed(async (b: BarrierProxy, there: EventProxy) => {
    const passing = b.wait();
    await there.set();
    await passing;
  }, barrier);
  const mine = barrier.wait().catch((error: unknown) => error);
  await kill();
  expect(await soon(mine)).toBeInstanceOf(BrokenBarrierError);
});
