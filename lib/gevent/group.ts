import * as bind from './arguments';
import { deadline } from './clock';
import { PoolFull } from './errors';
import { Greenlet } from './greenlet';
import { GroupMapping } from './group_mapping';
import { joinall } from './joinall';
import { Members } from './members';
import { currentStrand } from './strand';
import type * as types from './types';
import { blocking, untilLinked } from './waits';

function nothing(): void {
  // It is inside, that is all.
}

/**
 * Greenlets that still run: each leaves by itself when it has ended, and all can be waited for, or killed.
 *
 * gevent's `Group`. `len` of `multiprocessing-ts/builtins` counts it, `for` goes through it, `has` is Python's `in`.
 *
 * @example
 * const group = new Group();
 * for (const seconds of [0.1, 0.2]) group.spawn(sleep, seconds);
 * await group.join();
 */
export class Group extends GroupMapping implements Iterable<Greenlet> {
  readonly #members = new Members();

  /** @param greenlets - the first members. @default none */
  constructor(greenlets?: Iterable<Greenlet> | null) {
    super();
    for (const greenlet of greenlets ?? []) this.#members.enter(greenlet, nothing);
  }

  /** For subclasses: no more than `size` are to be inside. */
  protected limit(size: number): void {
    this.#members.size = size;
  }

  /** How many are inside: Python's `len(group)`. */
  get length(): number {
    return this.#members.count;
  }

  /** Is this greenlet inside? Python's `greenlet in group`. */
  has(greenlet: Greenlet): boolean {
    return this.#members.has(greenlet);
  }

  [Symbol.iterator](): IterableIterator<Greenlet> {
    return this.#members.inside()[Symbol.iterator]();
  }

  // ---------------------------------------------------------------- members

  /**
   * Starts a coroutine in this group.
   *
   * In a pool without room gevent waits here. This returns at once; the greenlet starts when there is room, in the
   * order of the calls. To produce no faster than the pool works: `await pool.wait_available()` before.
   *
   * @throws TypeError for what cannot be called.
   */
  spawn<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Greenlet<Awaited<R>> {
    const greenlet = new Greenlet(fn as (...args: A) => Awaited<R>, ...args);
    this.#members.enter(greenlet, () => {
      greenlet.start();
    });
    return greenlet;
  }

  /**
   * Takes in a greenlet that was not started, and starts it. Resolves when it is inside.
   *
   * @param blocking - false: not if there is no room. @default true
   * @param timeout - seconds to wait for room at most. @default for ever
   * @throws PoolFull if there is no room, or none in time; then it is not started.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile; then it is not started.
   */
  start(greenlet: Greenlet, ...args: types.AddArguments): Promise<void> {
    return blocking(bind.bindStart, [greenlet, ...args], (given) =>
      this.#enter(given, () => {
        given.greenlet.start();
      }),
    );
  }

  /**
   * Takes in a greenlet; one that has ended is not taken in. Resolves when it is inside.
   *
   * @param blocking - false: not if there is no room. @default true
   * @param timeout - seconds to wait for room at most. @default for ever
   * @throws PoolFull if there is no room, or none in time.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  add(greenlet: Greenlet, ...args: types.AddArguments): Promise<void> {
    return blocking(bind.bindAdd, [greenlet, ...args], (given) => this.#enter(given, nothing));
  }

  #enter(
    given: { readonly greenlet: Greenlet; readonly blocking: boolean; readonly timeout: number | null },
    entered: () => void,
  ): Promise<void> {
    const members = this.#members;
    const { greenlet } = given;
    return currentStrand().wait((resolve, reject) => {
      if (!given.blocking && members.free === 0) {
        reject(new PoolFull());
        return reject;
      }
      const giveUp = (error: unknown): void => {
        cancel();
        members.leave(greenlet);
        reject(error);
      };
      const cancel = deadline(given.timeout, () => {
        giveUp(new PoolFull());
      });
      members.enter(greenlet, () => {
        cancel();
        entered();
        resolve();
      });
      return giveUp;
    });
  }

  /** Lets a greenlet go: it runs on, but counts here no more. */
  discard(greenlet: Greenlet): void {
    this.#members.leave(greenlet);
  }

  /** Is there no room? A group has no limit. */
  full(): boolean {
    return this.#members.free === 0;
  }

  /**
   * Waits until there is room.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @returns how many greenlets there is room for; 1 without a limit, as in gevent.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  wait_available(...args: types.TimeoutArguments): Promise<number> {
    return blocking(bind.bindWaitAvailable, args, async ({ timeout }) => {
      const members = this.#members;
      if (members.free === 0) await untilLinked(members.freed, timeout);
      return members.free === Infinity ? 1 : members.free;
    });
  }

  // ------------------------------------------------------------------- ends

  /**
   * Waits until nobody is left, inside or in line.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @param raise_error - throw the error of a greenlet that was there at the call and failed. @default false
   * @returns whether the group was empty, at least once.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  join(...args: types.GroupJoinArguments): Promise<boolean> {
    return blocking(bind.bindGroupJoin, args, async ({ timeout, raise_error }) => {
      const members = this.#members;
      const greenlets = raise_error ? members.all() : [];
      const empty = members.empty || (await untilLinked(members.emptied, timeout));
      for (const greenlet of greenlets) {
        if (greenlet.ready() && !greenlet.successful()) throw greenlet.exception;
      }
      return empty;
    });
  }

  /**
   * Kills all greenlets, those in line and those that come meanwhile too; a `map` or `imap` that would start more
   * ends with the exception.
   *
   * @param exception - an error, or a class of which each greenlet gets its own. @default GreenletExit
   * @param block - wait until nobody is left. @default true
   * @param timeout - seconds to wait for that at most. @default for ever
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  kill(...args: types.KillArguments): Promise<void> {
    return blocking(bind.bindKill, args, async ({ exception, block, timeout }) => {
      const members = this.#members;
      const end = timeout === null ? Infinity : performance.now() + timeout * 1000;
      for (;;) {
        this.stopMaps(exception);
        for (const greenlet of members.all()) {
          if (members.condemn(greenlet)) void greenlet.kill(exception, false);
        }
        if (!block || members.empty) return;
        const left = end === Infinity ? null : (end - performance.now()) / 1000;
        await joinall(members.all(), { timeout: left });
        if (performance.now() >= end) return;
      }
    });
  }

  /**
   * Kills one greenlet, if it is in this group and not being killed already.
   *
   * @param exception - an error, or a class of errors. @default GreenletExit
   * @param block - wait until it has ended. @default true
   * @param timeout - seconds to wait for that at most. @default for ever
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  killone(greenlet: Greenlet, ...args: types.KillArguments): Promise<void> {
    return blocking(bind.bindKillone, [greenlet, ...args], async ({ exception, block, timeout }) => {
      if (!this.#members.condemn(greenlet)) return;
      void greenlet.kill(exception, false);
      if (block) await greenlet.join(timeout);
    });
  }
}
