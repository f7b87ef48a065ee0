import { after } from '../util/after';
import { clearTimeout, now, queueMicrotask, setTimeout } from '../util/timers';
import { Ring, type Bells, type HungBell, type RingId } from './bells';
import { getBlocker, watchBy, type Bell, type Watchers } from './blocker';
import { BUCKETS, GRANULE } from './layout';

/** Who waits looks by itself that often, in milliseconds: whoever should have rung may have died. */
const LOOK = 100;
/** Tries before a thread gives up its time. */
const SPINS = 200;
/** So long at most, in milliseconds. */
const SPIN = 0.05;

/** Somebody in this thread who waits. */
interface Waiter {
  readonly place: Place;
  readonly attempt: () => boolean;
  readonly wake: () => void;
  readonly isBackground: boolean;
}

/** Where threads wait, and who changes something there finds them. */
export interface Place {
  /** This thread waits there. */
  enter(): void;
  /** It does no more. */
  leave(): void;
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
  /** How many of them keep the process alive. */
  #holding = 0;
  /** How often this thread waits at a place. */
  readonly #at = new Map<Place, number>();
  readonly #buckets: (Place | undefined)[] = [];
  #bell: HungBell | null = null;
  readonly #sleeper: Bell;
  readonly #watchers: Watchers;
  #timer: NodeJS.Timeout | null = null;
  #scheduled = false;

  constructor(bells: Bells) {
    this.#bells = bells;
    this.#watchers = {
      fd: () => {
        this.#hung();
        return bells.fd;
      },
      look: () => {
        bells.silence();
        this.#tryAll();
      },
    };
    this.#sleeper = {
      sleep: (milliseconds) => {
        bells.sleep(milliseconds);
      },
      fd: () => {
        this.#hung();
        return bells.fd;
      },
      silence: () => {
        bells.silence();
      },
      isDeaf: bells.isDeaf,
    };
  }

  /**
   * Tries until `attempt` says yes; false if it has not after so many seconds. Never blocks.
   *
   * @param where - what it waits for: {@link Waiting.notify} of the same offset wakes it, or what the place does.
   */
  async wait(where: number | Place, attempt: () => boolean, seconds: number | null): Promise<boolean> {
    for (let i = 0; i < SPINS; i++) if (attempt()) return true;
    if (seconds !== null && seconds <= 0) return false;
    return await new Promise((resolve, reject) => {
      let cancel: (() => void) | null = null;
      const end = (): void => {
        cancel?.();
        this.#remove(waiter);
      };
      const waiter: Waiter = {
        place: this.#placeOf(where),
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
        isBackground: false,
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

  /** As {@link Waiting.wait}, but blocks the thread: see {@link blockBy}. What `attempt` throws comes out. */
  waitSync(where: number | Place, attempt: () => boolean, seconds: number | null): boolean {
    if (this.#spin(attempt, seconds !== null && seconds <= 0 ? 1 : SPINS)) return true;
    const place = this.#placeOf(where);
    this.#enter(place);
    try {
      const block = getBlocker() ?? nap;
      return block(
        () => {
          // Before the try: what rings after it ends the sleep at once.
          this.#bells.heard();
          return attempt();
        },
        seconds,
        this.#sleeper,
      );
    } finally {
      this.#leave(place);
      // The bell may have rung for those who wait on the event loop.
      this.#soon();
    }
  }

  /** Not for long either: an attempt may have to ask the system. */
  #spin(attempt: () => boolean, times: number): boolean {
    const end = now() + SPIN;
    for (let i = 0; i < times; i++) {
      if (attempt()) return true;
      if (i % 8 === 7 && now() > end) break;
    }
    return false;
  }

  /**
   * Calls `look` whenever something may have changed at `offset`, and every 100 ms, and keeps the process alive.
   * `look` must not throw.
   *
   * @param isBackground - does not keep it alive, and does not look by itself: for who hears by another way of those
   *   who have died before they rang, or could not ring. @default false
   * @returns what ends it.
   */
  watch(offset: number, look: () => void, isBackground = false): () => void {
    const waiter: Waiter = {
      place: this.#placeOf(offset),
      attempt: () => {
        look();
        return false;
      },
      wake: () => undefined,
      isBackground,
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
    const place = this.#buckets[bucket];
    if (place !== undefined && this.#at.has(place)) this.#soon();
  }

  /** Something has changed for whoever has this token. */
  ringOne(token: number): RingId {
    if (!this.#bells.isOwn(token)) return this.#bells.ringOne(token);
    return this.#soon() ? Ring.Now : Ring.Before;
  }

  /** This thread waits for changes at `offset`, by itself. */
  enter(offset: number): void {
    this.#enter(this.#placeOf(offset));
  }

  leave(offset: number): void {
    this.#leave(this.#placeOf(offset));
  }

  #placeOf(where: number | Place): Place {
    if (typeof where !== 'number') return where;
    const bucket = bucketOf(where);
    return (this.#buckets[bucket] ??= {
      enter: () => {
        this.#bells.enlist(bucket, true);
      },
      leave: () => {
        this.#bells.enlist(bucket, false);
      },
    });
  }

  #hung(): HungBell {
    return (this.#bell ??= this.#bells.hang(() => {
      this.#tryAll();
    }));
  }

  #add(waiter: Waiter): void {
    const bell = this.#hung();
    this.#waiters.add(waiter);
    watchBy(this.#watchers);
    this.#enter(waiter.place);
    if (waiter.isBackground) return;
    this.#holding++;
    bell.ref();
    this.#timer ??= this.#lookLater();
  }

  #remove(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter)) return;
    if (this.#waiters.size === 0) watchBy(null);
    this.#leave(waiter.place);
    if (waiter.isBackground || --this.#holding > 0) return;
    this.#bell?.unref();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #enter(place: Place): void {
    const before = this.#at.get(place) ?? 0;
    this.#at.set(place, before + 1);
    if (before === 0) place.enter();
  }

  #leave(place: Place): void {
    const after = (this.#at.get(place) ?? 1) - 1;
    if (after > 0) {
      this.#at.set(place, after);
      return;
    }
    this.#at.delete(place);
    place.leave();
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = null;
      this.#tryAll();
      if (this.#holding > 0) this.#timer = this.#lookLater();
    }, LOOK);
  }

  /** False if it will anyway. */
  #soon(): boolean {
    if (this.#scheduled || this.#waiters.size === 0) return false;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#tryAll();
    });
    return true;
  }

  /** What rings from here on is for a change that these tries may not have seen. */
  #tryAll(): void {
    this.#bells.heard();
    for (const waiter of this.#waiters) if (waiter.attempt()) waiter.wake();
  }
}

/** Where nobody knows of anything else to listen to. */
function nap(done: () => boolean, seconds: number | null, bell: Bell): boolean {
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  for (;;) {
    if (done()) return true;
    const left = deadline - now();
    if (left <= 0) return false;
    bell.sleep(Math.min(left, LOOK));
  }
}
