import { arena } from '../native/arena';
import { AssertionError, ValueError } from '../util/exceptions';
import type { Core } from './core';
import { OwnerDiedError } from './errors';
import { Gate } from './gate';
import type { Steps } from './steps';

const OWNER = 0;
/** How often the owner has it. */
const COUNT = 2;

/**
 * One holder at a time, in shared memory. The holder is a thread, named by its token, so that others can see whether
 * it lives; whoever wants to may release it.
 */
export class Mutex extends Gate implements Core {
  /** The token of the holder; 0: nobody. */
  get owner(): number {
    return Atomics.load(this.words, OWNER);
  }

  get free(): boolean {
    return this.owner === 0;
  }

  get isMine(): boolean {
    return this.owner === this.me;
  }

  get count(): number {
    return this.free ? 0 : Atomics.load(this.words, COUNT);
  }

  protected override take(left: number): boolean {
    if (left > 0 || Atomics.compareExchange(this.words, OWNER, 0, this.me) !== 0) return false;
    Atomics.store(this.words, COUNT, 1);
    return true;
  }

  /** @throws OwnerDiedError when the holder has died; it is free again then. */
  protected override examine(): void {
    const { owner } = this;
    if (owner === 0 || arena().slots.isAlive(owner)) return;
    if (Atomics.compareExchange(this.words, OWNER, owner, 0) !== owner) return;
    this.block.notify();
    throw new OwnerDiedError('the process that held the lock has died');
  }

  release(): void {
    // In one step: of two who release it at once, one is told.
    if (Atomics.exchange(this.words, OWNER, 0) === 0) {
      throw new ValueError('semaphore or lock released too many times');
    }
    this.block.notify();
  }

  protected giveUp(): void {
    Atomics.store(this.words, OWNER, 0);
    this.block.notify();
  }

  releaseAll(): number {
    const { count } = this;
    this.giveUp();
    return count;
  }

  *restoring(levels: number): Steps<void> {
    let death: OwnerDiedError | null = null;
    for (;;) {
      try {
        yield* this.acquiring(null);
        break;
      } catch (error) {
        if (!(error instanceof OwnerDiedError)) throw error;
        death = error;
      }
    }
    Atomics.add(this.words, COUNT, levels - 1);
    // Whoever waits on a condition has its lock afterwards, come what may.
    if (death !== null) throw death;
  }
}

/** A mutex that its holder may take again. */
export class RecursiveMutex extends Mutex {
  protected override take(left: number): boolean {
    if (!this.isMine) return super.take(left);
    Atomics.add(this.words, COUNT, 1);
    return true;
  }

  /** @throws AssertionError if it is not held here. */
  override release(): void {
    if (!this.isMine) throw new AssertionError('attempt to release recursive lock not owned by thread');
    if (Atomics.sub(this.words, COUNT, 1) === 1) this.giveUp();
  }
}
