import type { Socket } from 'node:net';
import { after } from '../util/after';
import { clearTimeout, now, queueMicrotask, setTimeout } from '../util/timers';
import type { Bells } from './bells';
import { BUCKETS, GRANULE } from './layout';

/** Who waits looks by itself that often, in milliseconds: whoever should have rung may have died. */
const LOOK = 100;
/** Tries before a thread gives up its time. */
const SPINS = 200;

/** Somebody in this thread who waits. */
interface Waiter {
  readonly bucket: number;
  readonly attempt: () => boolean;
  readonly wake: () => void;
}

/** All blocks begin at a granule; neighbours have different buckets. */
export const bucketOf = (offset: number): number => Math.floor(offset / GRANULE) % BUCKETS;

/**
 * How threads wait for each other in shared memory. Who waits says so in the bucket of what it waits for, and tries
 * again whenever its bell rings; who changes something rings the bells of its bucket. To be rung for nothing does no
 * harm. Whoever waits on the event loop tries in the order in which it came.
 */
export class Waiting {
  readonly #bells: Bells;
  readonly #waiters = new Set<Waiter>();
  readonly #inBucket = new Map<number, number>();
  #bell: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #scheduled = false;

  constructor(bells: Bells) {
    this.#bells = bells;
  }

  /**
   * Tries until `attempt` says yes; false if it has not after so many seconds. Never blocks.
   *
   * @param offset - what it waits for: {@link Waiting.notify} of the same wakes it.
   */
  async wait(offset: number, attempt: () => boolean, seconds: number | null): Promise<boolean> {
    for (let i = 0; i < SPINS; i++) if (attempt()) return true;
    if (seconds !== null && seconds <= 0) return false;
    return await new Promise((resolve, reject) => {
      let cancel: (() => void) | null = null;
      const end = (): void => {
        cancel?.();
        this.#remove(waiter);
      };
      const waiter: Waiter = {
        bucket: bucketOf(offset),
        attempt: () => {
          try {
            return attempt();
          } catch (error) {
            end();
            reject(error);
            return true;
          }
        },
        wake: () => {
          end();
          resolve(true);
        },
      };
      const expire = (): void => {
        if (waiter.attempt()) {
          waiter.wake();
          return;
        }
        end();
        resolve(false);
      };
      this.#add(waiter);
      if (seconds !== null) cancel = after(seconds, expire);
      // Once more: it may have changed before anybody could know that we wait.
      if (waiter.attempt()) waiter.wake();
    });
  }

  /** As {@link Waiting.wait}, but blocks the thread. */
  waitSync(offset: number, attempt: () => boolean, seconds: number | null): boolean {
    for (let i = 0; i < SPINS; i++) if (attempt()) return true;
    const deadline = seconds === null ? Infinity : now() + seconds * 1000;
    const bucket = bucketOf(offset);
    this.#enlist(bucket);
    try {
      for (;;) {
        // Before the try: what rings after it ends the sleep at once.
        this.#bells.heard();
        if (attempt()) return true;
        const left = deadline - now();
        if (left <= 0) return false;
        this.#bells.sleep(Math.min(left, LOOK));
      }
    } finally {
      this.#delist(bucket);
      // The bell may have rung for those who wait on the event loop.
      this.#soon();
    }
  }

  /**
   * Calls `look` whenever something may have changed at `offset`, and every 100 ms, and keeps the process alive.
   * `look` must not throw.
   *
   * @returns what ends it.
   */
  watch(offset: number, look: () => void): () => void {
    const waiter: Waiter = {
      bucket: bucketOf(offset),
      attempt: () => {
        look();
        return false;
      },
      wake: () => undefined,
    };
    this.#add(waiter);
    return () => {
      this.#remove(waiter);
    };
  }

  /** Something has changed at `offset`: whoever waits for it tries again. */
  notify(offset: number): void {
    const bucket = bucketOf(offset);
    this.#bells.ring(bucket);
    if (this.#inBucket.has(bucket)) this.#soon();
  }

  /** As {@link Waiting.notify}, for one thread only. */
  wake(token: number): void {
    if (this.#bells.ringOne(token)) this.#soon();
  }

  #add(waiter: Waiter): void {
    this.#bell ??= this.#bells.hang(() => {
      this.#tryAll();
    });
    this.#bell.ref();
    this.#waiters.add(waiter);
    this.#enlist(waiter.bucket);
    this.#timer ??= this.#lookLater();
  }

  #remove(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter)) return;
    this.#delist(waiter.bucket);
    if (this.#waiters.size > 0) return;
    this.#bell?.unref();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #enlist(bucket: number): void {
    const before = this.#inBucket.get(bucket) ?? 0;
    this.#inBucket.set(bucket, before + 1);
    if (before === 0) this.#bells.enlist(bucket, true);
  }

  #delist(bucket: number): void {
    const after = (this.#inBucket.get(bucket) ?? 1) - 1;
    if (after > 0) {
      this.#inBucket.set(bucket, after);
      return;
    }
    this.#inBucket.delete(bucket);
    this.#bells.enlist(bucket, false);
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = null;
      this.#tryAll();
      if (this.#waiters.size > 0) this.#timer = this.#lookLater();
    }, LOOK);
  }

  #soon(): void {
    if (this.#scheduled || this.#waiters.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#tryAll();
    });
  }

  /** What rings from here on is for a change that these tries may not have seen. */
  #tryAll(): void {
    this.#bells.heard();
    for (const waiter of this.#waiters) if (waiter.attempt()) waiter.wake();
  }
}
