import { OSError, OverflowError } from '../errors';
import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { signature } from '../util/keywords';
import { integerOf } from './acquiring';
import { Permits } from './permits';
import { CORE, SemLock } from './sem_lock';

/** Python's SEM_VALUE_MAX. */
const MOST = 2 ** 31 - 1;

/** Keywords of `Semaphore` and `BoundedSemaphore`. */
export interface SemaphoreKeywords {
  /** The permits at first. @default 1 */
  readonly value?: number;
}

const bind = (name: string) => signature({ name, defaults: (): { value: unknown } => ({ value: 1 }) });
const bindSemaphore = bind('Semaphore');
const bindBounded = bind('BoundedSemaphore');

/** @throws TypeError, OSError or OverflowError for what cannot be the first value. */
function valueOf(given: unknown): number {
  const value = integerOf(given);
  if (value < 0) throw new OSError('[Errno 22] Invalid argument', { errno: 22, code: 'EINVAL' });
  if (value > MOST) throw new OverflowError('Python int too large to convert to C int');
  return value;
}

function made(value: number): Block {
  const block = Block.make(64);
  Permits.start(block, value);
  return block;
}

/** What travels of a semaphore. */
export interface SharedPermits {
  readonly block: SharedBlock;
  readonly most: number;
}

const permitsIn = (semaphore: Semaphore): Permits => semaphore[CORE] as Permits;

function share(semaphore: Semaphore): SharedPermits {
  const { block, most } = permitsIn(semaphore);
  return { block: block.share(), most };
}

/** What has travelled, as the first argument of a semaphore that is to be made of it. */
export const permitsOf = ({ block, most }: SharedPermits): Permits => new Permits(Block.at(block), most);

/**
 * A number of permits for all processes and threads that it is sent to: each `acquire` takes one, each `release` gives
 * one.
 *
 * Python's `multiprocessing.Semaphore`. The permits of a process that dies do not come back: nobody has names here.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const semaphore = new Semaphore(3);
 * await semaphore.acquire();
 * console.log(semaphore.get_value()); // 2
 * semaphore.release();
 */
export class Semaphore extends SemLock {
  static readonly [REDUCE] = {
    reduce: share,
    rebuild: (state: SharedPermits): Semaphore =>
      new (Semaphore as new (permits: Permits) => Semaphore)(permitsOf(state)),
  };

  /**
   * @param value - the permits at first. @default 1
   * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1, TypeError for what is no integer.
   */
  constructor(value?: number | SemaphoreKeywords);
  constructor(...args: unknown[]) {
    const [given] = args;
    super(given instanceof Permits ? given : new Permits(made(valueOf(bindSemaphore(args).value)), MOST));
  }

  /** The permits that are left. */
  get_value(): number {
    return permitsIn(this).value;
  }

  /** `<Semaphore(value=1)>` */
  override toString(): string {
    return `<Semaphore(value=${this.get_value()})>`;
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Python's `multiprocessing.BoundedSemaphore`.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const semaphore = new BoundedSemaphore(2);
 * console.log(String(semaphore)); // <BoundedSemaphore(value=2, maxvalue=2)>
 */
export class BoundedSemaphore extends Semaphore {
  static override readonly [REDUCE] = {
    reduce: share,
    rebuild: (state: SharedPermits): BoundedSemaphore =>
      new (BoundedSemaphore as new (permits: Permits) => BoundedSemaphore)(permitsOf(state)),
  };

  /**
   * @param value - the permits at first and at most. @default 1
   * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1, TypeError for what is no integer.
   */
  constructor(value?: number | SemaphoreKeywords);
  constructor(...args: unknown[]) {
    super(bounded(args));
  }

  /** `<BoundedSemaphore(value=1, maxvalue=1)>` */
  override toString(): string {
    return `<BoundedSemaphore(value=${this.get_value()}, maxvalue=${permitsIn(this).most})>`;
  }
}

/** What is behind a `BoundedSemaphore` of these arguments. */
export function bounded(args: readonly unknown[]): Permits {
  const [given] = args;
  if (given instanceof Permits) return given;
  const value = valueOf(bindBounded(args).value);
  return new Permits(made(value), value);
}
