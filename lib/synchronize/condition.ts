import { Block, type SharedBlock } from '../native/arena';
import type { SpinLock } from '../native/spin_lock';
import { REDUCE } from '../reduction/registry';
import { AssertionError } from '../util/exceptions';
import { signature } from '../util/keywords';
import { repr, type_name } from '../util/repr';
import { secondsOf, timeoutOf, type AcquireKeywords, type WaitKeywords } from './acquiring';
import { held, type Held } from './held';
import { Line, Place } from './line';
import { RLock } from './rlock';
import { CORE, SemLock } from './sem_lock';
import { run, runSync, type Steps } from './steps';

/** Words of the condition in its block. */
const SPIN = 0;
const LINE = 1;

const NOTIFIED = 1;

type Given<Names extends string> = Record<Names, unknown>;

const bindCondition = signature({
  name: 'Condition',
  defaults: (): Given<'lock'> => ({ lock: null }),
});
const bindNotify = signature({ name: 'notify', defaults: (): Given<'n'> => ({ n: 1 }) });
const bindWaitFor = signature({
  name: 'wait_for',
  defaults: (): Given<'predicate' | 'timeout'> => ({ predicate: null, timeout: null }),
  required: 1,
});

/** What travels of a condition. */
export interface SharedCondition {
  readonly lock: SemLock;
  readonly shared: SharedBlock;
}

/**
 * Waits until another process or thread says that something has changed.
 *
 * Python's `multiprocessing.Condition`. `notify` wakes those who wait in the order in which they came, and does not
 * wait for them to wake, as Python's does; whoever died while it waited is passed over.
 *
 * All async functions of a thread hold an `RLock` together, and `wait` gives up all they hold: for conditions between
 * async functions of one process, give a `Lock`.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const condition = new Condition();
 * {
 *   using _ = await condition.hold();
 *   await condition.wait(1); // false: nobody notifies
 * }
 */
export class Condition {
  static readonly [REDUCE] = {
    reduce: (condition: Condition): SharedCondition => ({
      lock: condition.#lock,
      shared: condition.#block.share(),
    }),
    rebuild: (shared: SharedCondition): Condition => conditionOf(shared, Condition),
  };

  readonly #lock: SemLock;
  readonly #block: Block;
  readonly #line: Line;
  readonly #spin: SpinLock;

  /**
   * @param lock - a `Lock`, an `RLock` or a semaphore. @default a new `RLock`
   * @throws TypeError for anything else.
   */
  constructor(lock?: SemLock | null | { readonly lock?: SemLock | null });
  constructor(...args: unknown[]) {
    const block = args[1] instanceof Block ? args[1] : null;
    this.#lock = lockOf(bindCondition(block === null ? args : args.slice(0, 1)).lock);
    this.#block = block ?? Block.make(64);
    this.#line = new Line(this.#block.words, LINE);
    this.#spin = this.#block.spinLock(SPIN);
  }

  /** Acquires its lock, see {@link SemLock.acquire}. */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  acquire(...args: []): Promise<boolean> {
    // The lock may be one of the facade that blocks.
    return SemLock.prototype.acquire.apply(this.#lock, args);
  }

  /** As {@link Condition.acquire}, but blocks the thread. */
  acquireSync(block?: boolean | AcquireKeywords, timeout?: number | null): boolean;
  acquireSync(...args: []): boolean {
    return this.#lock.acquireSync(...args);
  }

  /** Gives its lock back, see {@link SemLock.release}. */
  release(): void;
  release(...args: []): void {
    this.#lock.release(...args);
  }

  /** Is its lock taken? */
  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Acquires its lock for a block: `using _ = await condition.hold();` is Python's `with condition:`.
   *
   * @throws OwnerDiedError when the holder of the lock has died with it.
   */
  async hold(): Promise<Held> {
    await this.acquire();
    return held(this);
  }

  /**
   * Gives up the lock, all of it, waits until it is notified, and takes the lock back as often as it was held.
   * Resolves to true if it was notified, to false if it was not in time.
   *
   * @param timeout - seconds to wait at most; the lock is waited for afterwards however long that takes.
   *   @default for ever
   * @throws AssertionError if the lock is not held here.
   * @throws OwnerDiedError when whoever had the lock meanwhile has died with it; it is held here again then.
   */
  wait(timeout?: number | null | WaitKeywords): Promise<boolean>;
  async wait(...args: unknown[]): Promise<boolean> {
    return await run(this.#waiting(timeoutOf(args)));
  }

  /** As {@link Condition.wait}, but blocks the thread. */
  waitSync(timeout?: number | null | WaitKeywords): boolean;
  waitSync(...args: unknown[]): boolean {
    return runSync(this.#waiting(timeoutOf(args)));
  }

  /**
   * Waits until `predicate` gives something truthy, and resolves to that; to its last value if it does not in time.
   *
   * @param predicate - called with the lock held, first at once, then whenever we are notified; may be async.
   * @param timeout - seconds to wait at most. @default for ever
   * @throws AssertionError if it has to wait and the lock is not held here.
   */
  wait_for<T>(predicate: () => T | PromiseLike<T>, timeout?: number | null | WaitKeywords): Promise<T>;
  async wait_for(...args: unknown[]): Promise<unknown> {
    return await run(this.#waitingFor(args));
  }

  /** As {@link Condition.wait_for}, but blocks the thread. */
  waitForSync<T>(predicate: () => T, timeout?: number | null | WaitKeywords): T;
  waitForSync(...args: unknown[]): unknown {
    return runSync(this.#waitingFor(args));
  }

  /**
   * Wakes those who have waited longest.
   *
   * Python's waits until they are awake; this does not wait.
   *
   * @param n - how many. @default 1
   * @throws AssertionError if the lock is not held here.
   */
  notify(n?: number | { readonly n?: number }): void;
  notify(...args: unknown[]): void {
    const { n } = bindNotify(args);
    this.#mustBeMine('lock is not owned');
    if (typeof n !== 'number' && typeof n !== 'boolean') {
      throw new TypeError(`'<' not supported between instances of 'int' and '${type_name(n)}'`);
    }
    const told = this.#alone(() => this.#line.tell(Number(n), NOTIFIED));
    for (const token of new Set(told)) this.#block.wake(token);
  }

  /**
   * Wakes all who wait.
   *
   * @throws AssertionError if the lock is not held here.
   */
  notify_all(): void {
    this.notify(Infinity);
  }

  /** `<Condition(<RLock(None, 0)>, 0)>`, with the number of those who wait. */
  toString(): string {
    return `<Condition(${String(this.#lock)}, ${this.#line.length})>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }

  *#waiting(seconds: number | null): Steps<boolean> {
    const lock = this.#lock[CORE];
    this.#mustBeMine('must acquire() condition before using wait()');
    const place = Place.make();
    this.#alone(() => {
      this.#line.join(place);
    });
    const levels = lock.releaseAll();
    let notified: boolean;
    try {
      yield { on: this.#block, attempt: () => place.told !== 0, seconds };
    } finally {
      this.#alone(() => {
        this.#line.leave(place);
      });
      notified = place.told === NOTIFIED;
      place.free();
      yield* lock.restoring(levels);
    }
    return notified;
  }

  *#waitingFor(args: readonly unknown[]): Steps<unknown> {
    const given = bindWaitFor(args);
    const { predicate } = given;
    if (typeof predicate !== 'function')
      throw new TypeError(`'${type_name(predicate)}' object is not callable`);
    const ask = predicate as () => unknown;
    const seconds = secondsOf(given.timeout);
    // The caller's clock, as that of its timers: see util/after.ts.
    const deadline = seconds === null ? null : performance.now() + seconds * 1000;
    for (;;) {
      const result = yield { given: ask() };
      if (result) return result;
      const left = deadline === null ? null : (deadline - performance.now()) / 1000;
      if (left !== null && left <= 0) return result;
      yield* this.#waiting(left);
    }
  }

  #mustBeMine(complaint: string): void {
    if (!this.#lock[CORE].isMine) throw new AssertionError(complaint);
  }

  /** The lock may be a semaphore for many, and whoever gives up waiting does not hold it: the line has its own. */
  #alone<T>(body: () => T): T {
    if (this.#spin.enter()) this.#line.mend();
    try {
      return body();
    } finally {
      this.#spin.leave();
    }
  }
}

function lockOf(lock: unknown): SemLock {
  if (lock === null) return new RLock();
  if (typeof lock === 'object' && CORE in lock) return lock as SemLock;
  throw new TypeError(`a condition needs a lock, not ${repr(lock)}`);
}

/** The condition that has travelled, of this class. */
export function conditionOf<C>({ lock, shared }: SharedCondition, Class: abstract new () => C): C {
  return new (Class as unknown as new (lock: SemLock, block: Block) => C)(lock, Block.at(shared));
}
