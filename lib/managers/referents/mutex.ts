import { RuntimeError } from '../../errors';
import { OwnerDiedError } from '../../synchronize/errors';
import { addressOf } from '../../util/address';
import { currentCaller, type Caller } from '../caller';
import { LATE, Line } from './line';
import { patienceOfLock } from './patience';

const ownerDied = (): OwnerDiedError => new OwnerDiedError('the process that held the lock has died');

/**
 * One holder at a time. When a holder's connection ends, one of those who wait (or who comes next) is told so by an
 * {@link OwnerDiedError}, and the lock is free again; Python would let them wait for ever.
 */
abstract class Mutex {
  static readonly parameters = { acquire: ['blocking', 'timeout'] };

  /** Who has it; of a lock without owners, who acquired it last. */
  #holder: Caller | null = null;
  #count = 0;
  #isAbandoned = false;
  readonly #line = new Line();

  /** May who has it take it again, and only that one release it? */
  protected abstract readonly isOwned: boolean;

  /** Python's `acquire(blocking=True, timeout=-1)`. */
  async acquire(blocking: unknown = true, timeout: unknown = -1): Promise<boolean> {
    const caller = currentCaller();
    const patience = patienceOfLock(blocking, timeout);
    return this.#take(caller) || (patience !== 0 && (await this.#line.wait(caller, patience)) !== LATE);
  }

  #take(caller: Caller | null): boolean {
    if (this.#isAbandoned) {
      this.#free();
      throw ownerDied();
    }
    if (this.#count > 0) {
      if (!this.isOwned || this.#holder !== caller) return false;
      this.#count++;
      return true;
    }
    this.#give(caller);
    return true;
  }

  #give(caller: Caller | null): void {
    this.#holder = caller;
    this.#count = 1;
  }

  release(): void {
    this.checkRelease();
    if (--this.#count === 0) this.#free();
  }

  /** @throws RuntimeError */
  protected abstract checkRelease(): void;

  locked(): boolean {
    return this.#count > 0;
  }

  protected get count(): number {
    return this.#count;
  }
  protected get holder(): Caller | null {
    return this.#holder;
  }

  /** Gives it to whoever has waited longest. */
  #free(): void {
    this.#holder = null;
    this.#count = 0;
    this.#isAbandoned = false;
    const next = this.#line.first();
    if (next === undefined) return;
    this.#give(next.caller);
    next.resolve();
  }

  /** May this caller wait on a condition of the lock, and notify others? */
  _isOwned(caller: Caller | null): boolean {
    return this.#count > 0 && (!this.isOwned || this.#holder === caller);
  }

  /** Releases it for a wait. @returns how often it was held. */
  _releaseAll(): number {
    const count = this.#count;
    this.#free();
    return count;
  }

  /** Takes it again after a wait, as often as it was held. @throws OwnerDiedError, with the lock. */
  async _restore(caller: Caller | null, count: number): Promise<void> {
    let death: OwnerDiedError | null = null;
    // Calls of one caller wait for one another here: it is not for this one that it may be held.
    for (;;) {
      try {
        if (this.#count > 0 && !this.#isAbandoned) await this.#line.wait(caller, null);
        else this.#take(caller);
        break;
      } catch (error) {
        if (!(error instanceof OwnerDiedError)) throw error;
        death = error;
      }
    }
    this.#count = count;
    if (death !== null) throw death;
  }

  callerEnded(caller: Caller): void {
    this.#line.callerEnded(caller);
    if (this.#count === 0 || this.#holder !== caller) return;
    const next = this.#line.first();
    if (next === undefined) this.#isAbandoned = true;
    else {
      next.reject(ownerDied());
      this.#free();
    }
  }

  toString(): string {
    return this.__repr__();
  }
  abstract __repr__(): string;
}

/** Python's `threading.Lock`: whoever wants to may release it. */
export class Lock extends Mutex {
  protected readonly isOwned = false;

  protected checkRelease(): void {
    if (!this.locked()) throw new RuntimeError('release unlocked lock');
  }

  __repr__(): string {
    return `<${this.locked() ? 'locked' : 'unlocked'} _thread.lock object at ${addressOf(this)}>`;
  }
}

/** Python's `threading.RLock`: owned by the connection that has acquired it. */
export class RLock extends Mutex {
  protected readonly isOwned = true;

  protected checkRelease(): void {
    if (!this._isOwned(currentCaller())) throw new RuntimeError('cannot release un-acquired lock');
  }

  __repr__(): string {
    const { holder, count } = this;
    const state = count > 0 ? 'locked' : 'unlocked';
    const owner = holder === null ? 0 : Number(addressOf(holder));
    return `<${state} _thread.RLock object owner=${owner} count=${count} at ${addressOf(this)}>`;
  }
}

export type { Mutex };
