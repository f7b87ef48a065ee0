import * as promising from 'multiprocessing-ts/synchronize';
import * as sync from 'multiprocessing-ts/sync/synchronize';
import type { Facade } from '../support';

/*
 * Locks and their kin that block, in the clothes of those that give promises, so that the same promises can be asked of
 * both. What waits here blocks this thread to the end, after a turn of the event loop; whoever is waited for is a worker.
 * What is sent to a worker arrives there without clothes: a function that awaits works with it, and blocks.
 */

type Classes = Pick<
  typeof promising,
  'Barrier' | 'BoundedSemaphore' | 'Condition' | 'Event' | 'Lock' | 'RLock' | 'Semaphore'
>;

type Call = (...args: unknown[]) => unknown;

/** The class whose methods of these names give promises. */
function dressed(Class: abstract new (...args: never[]) => object, waits: readonly string[]): unknown {
  const { name } = Class;
  const { [name]: Dressed } = { [name]: class extends (Class as new (...args: unknown[]) => object) {} };
  for (const method of waits) {
    const block = (Class.prototype as Record<string, Call>)[method] as Call;
    Object.defineProperty(Dressed!.prototype, method, {
      value: async function (this: object, ...args: unknown[]): Promise<unknown> {
        await new Promise((resolve) => setImmediate(resolve));
        return block.apply(this, args);
      },
    });
  }
  return Dressed;
}

const lockWaits = ['acquire', 'hold'];
const CLASSES: Readonly<Record<Facade, Classes>> = {
  async: promising,
  sync: {
    Barrier: dressed(sync.Barrier, ['wait']),
    BoundedSemaphore: dressed(sync.BoundedSemaphore, lockWaits),
    Condition: dressed(sync.Condition, [...lockWaits, 'wait', 'wait_for']),
    Event: dressed(sync.Event, ['wait']),
    Lock: dressed(sync.Lock, lockWaits),
    RLock: dressed(sync.RLock, lockWaits),
    Semaphore: dressed(sync.Semaphore, lockWaits),
  } as Classes,
};

/** The classes of a facade, as a test sees them. */
export const classesOf = (facade: Facade): Classes => CLASSES[facade];
