import { WorkerLostError } from 'multiprocessing-ts/pool';
import { OwnerDiedError, type Lock } from 'multiprocessing-ts/synchronize';
import { BOTH, contract, scratch, soon, until } from '../support';
import { classesOf } from './blocking';
import { doom, type Doomed } from './support';

/*
 * What those find who come after the death of a holder. Those who wait when it dies: deaths.spec.ts, and for calls that
 * block spec/integration/blocking_locks.spec.ts.
 */
const path = scratch();

contract(
  'a death',
  (makePool, method, facade) => {
    const { Lock } = classesOf(facade);
    const doomed = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Doomed =>
      doom(makePool(1), method, path('there'), f, args);

    test('of the holder is told to who comes later', async () => {
      const lock = new Lock();
      const { there, kill } = doomed((l: Lock) => l.acquire(), lock);
      await there;
      await kill();
      expect(lock.locked()).toBe(true);
      await expect(lock.acquire()).rejects.toThrow(
        new OwnerDiedError('the process that held the lock has died'),
      );
      expect(lock.locked()).toBe(false);
      expect(await lock.acquire(false)).toBe(true);
    });

    test('of the holder is told to who only looks', async () => {
      const lock = new Lock();
      const { there, kill } = doomed((l: Lock) => l.acquire(), lock);
      await there;
      expect(await lock.acquire(false)).toBe(false);
      await kill();
      await until(() => lock.locked());
      const look = async (): Promise<string> => {
        for (;;) {
          try {
            if (await lock.acquire(false)) return 'acquired';
          } catch (error) {
            return (error as Error).name;
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      expect(await soon(look())).toBe('OwnerDiedError');
    });

    test('of the holder leaves a lock that can be released', async () => {
      const lock = new Lock();
      const { there, kill } = doomed((l: Lock) => l.acquire(), lock);
      await there;
      await kill();
      lock.release();
      expect(await lock.acquire(false)).toBe(true);
    });

    if (method === 'spawn') {
      test('by exit, while it holds a lock, is one too', async () => {
        const lock = new Lock();
        const exited = makePool(1).apply_async(
          async (l: Lock) => {
            await l.acquire();
            process.exit(0);
          },
          [lock],
        );
        await expect(soon(exited.get())).rejects.toThrow(WorkerLostError);
        await expect(lock.acquire()).rejects.toThrow(OwnerDiedError);
      });
    }
  },
  BOTH,
);
