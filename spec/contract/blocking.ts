import { TimeoutError, type Pool } from 'multiprocessing-ts';
import type { AsyncResult, IMapIterator } from 'multiprocessing-ts/pool';
import type { Timeout } from '../../lib/util/timeout';
import type * as sync from 'multiprocessing-ts/sync/pool';

/*
 * The blocking pool in the clothes of the asynchronous one, so that the same promises can be asked of both. Whatever
 * waits here blocks the thread, for a moment at a time: in between the event loop has a turn, in which a test opens its
 * gates. So the same pool is driven by both, in turns. What blocks to the end stands in
 * {@link file://./../integration/blocking.spec.ts}.
 */

/** How long one call blocks, in seconds. */
const SLICE = 0.05;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls what blocks until it throws no TimeoutError of its own, or `timeout` seconds have passed. */
export async function inSlices<T>(call: (seconds: number) => T, timeout?: number | null): Promise<T> {
  const deadline = typeof timeout === 'number' ? performance.now() + timeout * 1000 : Infinity;
  for (;;) {
    await turn();
    const left = (deadline - performance.now()) / 1000;
    try {
      return call(Number.isNaN(left) ? NaN : Math.min(SLICE, left));
    } catch (error) {
      // A task may throw one as well, which says more.
      if (!(error instanceof TimeoutError) || error.message !== '' || left <= SLICE) throw error;
    }
  }
}

class Result {
  constructor(readonly result: sync.AsyncResult<unknown>) {}

  async get(timeout?: Timeout): Promise<unknown> {
    if (timeout !== null && timeout !== undefined && typeof timeout !== 'number')
      return this.result.get(timeout);
    return await inSlices((seconds) => this.result.get(seconds), timeout);
  }

  async wait(timeout?: Timeout): Promise<void> {
    if (timeout !== null && timeout !== undefined && typeof timeout !== 'number') {
      this.result.wait(timeout);
      return;
    }
    await inSlices((seconds) => {
      this.result.wait(seconds);
      if (!this.result.ready()) throw new TimeoutError();
    }, timeout).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
    });
  }

  ready(): boolean {
    return this.result.ready();
  }

  successful(): boolean {
    return this.result.successful();
  }
}

class Iterator {
  constructor(readonly iterator: sync.IMapIterator<unknown>) {}

  async next(timeout?: Timeout): Promise<unknown> {
    if (timeout !== null && timeout !== undefined && typeof timeout !== 'number')
      return this.iterator.next(timeout);
    return await inSlices((seconds) => this.iterator.next(seconds), timeout);
  }

  return(): Promise<unknown> {
    return Promise.resolve(this.iterator.return());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

type Args = unknown[];
type Call = (...args: Args) => never;

/** What a test sees as the pool of `multiprocessing-ts`. */
export function inClothes(pool: sync.Pool): Pool {
  const call = (name: 'apply_async' | 'map_async' | 'starmap_async', args: Args): sync.AsyncResult<unknown> =>
    (pool[name] as unknown as (...args: Args) => sync.AsyncResult<unknown>).apply(pool, args);
  const iterate = (name: 'imap' | 'imap_unordered', args: Args): IMapIterator<unknown> =>
    new Iterator((pool[name] as unknown as Call).apply(pool, args)) as unknown as IMapIterator<unknown>;
  const result = (made: sync.AsyncResult<unknown>): AsyncResult<unknown> =>
    new Result(made) as unknown as AsyncResult<unknown>;
  const clothes = {
    apply: async (...args: Args) => await result(call('apply_async', args)).get(),
    map: async (...args: Args) => await result(call('map_async', args)).get(),
    starmap: async (...args: Args) => await result(call('starmap_async', args)).get(),
    apply_async: (...args: Args) => result(call('apply_async', args)),
    map_async: (...args: Args) => result(call('map_async', args)),
    starmap_async: (...args: Args) => result(call('starmap_async', args)),
    imap: (...args: Args) => iterate('imap', args),
    imap_unordered: (...args: Args) => iterate('imap_unordered', args),
    close: () => {
      pool.close();
    },
    terminate: async () => {
      pool.terminate();
      // Within two turns node has collected those that have ended.
      await turn();
      await turn();
    },
    join: async () => {
      await turn();
      pool.join();
    },
    [Symbol.asyncDispose]: () => {
      pool[Symbol.dispose]();
      return Promise.resolve();
    },
    toString: () => pool.toString(),
  };
  return clothes as unknown as Pool;
}
