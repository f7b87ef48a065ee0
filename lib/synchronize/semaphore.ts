import { OSError, OverflowError, ValueError } from '../errors';
import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import { signature } from '../util/keywords';
import { held, patienceOf, type AcquireKeywords, type Held } from './acquiring';

/** Python's SEM_VALUE_MAX. */
const MOST = 2 ** 31 - 1;
const VALUE = 0;

const bind = (name: string) => signature({ name, defaults: (): { value: unknown } => ({ value: 1 }) });
const bindSemaphore = bind('Semaphore');
const bindBounded = bind('BoundedSemaphore');

/** A number of permits that all processes and threads share; each acquire takes one, each release gives one. */
abstract class Permits {
  readonly #block: Block;
  readonly #most: number;

  constructor(block: Block, most: number) {
    this.#block = block;
    this.#most = most;
  }

  /** @throws TypeError, OSError or OverflowError for what cannot be the first value. */
  protected static make(given: { readonly value: unknown }): Block {
    const { value } = given;
    if ((typeof value !== 'number' && typeof value !== 'boolean') || !Number.isInteger(Number(value))) {
      throw new TypeError(`'${typeof value}' object cannot be interpreted as an integer`);
    }
    if (Number(value) < 0) throw new OSError('[Errno 22] Invalid argument', { errno: 22 });
    if (Number(value) > MOST) throw new OverflowError('signed integer is greater than maximum');
    const block = Block.make(64);
    block.words[VALUE] = Number(value);
    return block;
  }

  protected get block(): Block {
    return this.#block;
  }

  /**
   * Resolves to true when a permit was taken, to false if none can be had in time.
   *
   * @param block - wait for one; else only look. @default true
   * @param timeout - seconds to wait at most; 0 and less only look. @default for ever
   */
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  acquire(...args: unknown[]): Promise<boolean> {
    const patience = patienceOf(args);
    if (this.#try()) return Promise.resolve(true);
    if (patience !== null && patience <= 0) return Promise.resolve(false);
    return this.#block.wait(() => this.#try(), patience);
  }

  #try(): boolean {
    const { words } = this.#block;
    for (let value = Atomics.load(words, VALUE); value > 0;) {
      const found = Atomics.compareExchange(words, VALUE, value, value - 1);
      if (found === value) return true;
      value = found;
    }
    return false;
  }

  /**
   * Gives one permit.
   *
   * @throws ValueError if there are as many as there may be.
   */
  release(): void {
    const { words } = this.#block;
    for (let value = Atomics.load(words, VALUE); ;) {
      if (value >= this.#most) throw new ValueError('semaphore or lock released too many times');
      const found = Atomics.compareExchange(words, VALUE, value, value + 1);
      if (found === value) break;
      value = found;
    }
    this.#block.notify();
  }

  /** The permits that are left. */
  get_value(): number {
    return Atomics.load(this.#block.words, VALUE);
  }

  /** Is there no permit left? */
  locked(): boolean {
    return this.get_value() === 0;
  }

  /** Takes a permit for a block: `using _ = await semaphore.hold();` is Python's `with semaphore:`. */
  async hold(): Promise<Held> {
    await this.acquire();
    return held(() => {
      this.release();
    });
  }
}

/**
 * A number of permits for all processes and threads that it is sent to.
 *
 * Python's `multiprocessing.Semaphore`. The permits of a process that dies do not come back: nobody has names here.
 *
 * @throws NotImplementedError where processes cannot share memory.
 * @example
 * const semaphore = new Semaphore(3);
 * await semaphore.acquire();
 * semaphore.release();
 */
export class Semaphore extends Permits {
  static readonly [REDUCE] = {
    reduce: (semaphore: Semaphore): SharedBlock => semaphore.block.share(),
    rebuild: (shared: SharedBlock): Semaphore => new Semaphore(Block.at(shared)),
  };

  /**
   * @param value - the permits at first. @default 1
   * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1.
   */
  constructor(value?: number | { readonly value?: number });
  /** Not for users: where another process has made it. */
  constructor(block: Block);
  constructor(...args: [unknown?]) {
    super(args[0] instanceof Block ? args[0] : Permits.make(bindSemaphore(args)), MOST);
  }

  /** `<Semaphore(value=1)>` */
  override toString(): string {
    return `<Semaphore(value=${this.get_value()})>`;
  }
}

/** What travels of a bounded semaphore. */
interface SharedBounded {
  readonly shared: SharedBlock;
  readonly most: number;
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Python's `multiprocessing.BoundedSemaphore`.
 *
 * @throws NotImplementedError where processes cannot share memory.
 */
export class BoundedSemaphore extends Permits {
  static readonly [REDUCE] = {
    reduce: (semaphore: BoundedSemaphore): SharedBounded => ({
      shared: semaphore.block.share(),
      most: semaphore.#most,
    }),
    rebuild: ({ shared, most }: SharedBounded): BoundedSemaphore =>
      new BoundedSemaphore(Block.at(shared), most),
  };

  readonly #most: number;

  /**
   * @param value - the permits at first and at most. @default 1
   * @throws OSError for fewer than 0, OverflowError for more than 2^31 - 1.
   */
  constructor(value?: number | { readonly value?: number });
  /** Not for users: where another process has made it. */
  constructor(block: Block, most: number);
  constructor(...args: [unknown?, number?]) {
    const [first, most] = args;
    const block = first instanceof Block ? first : Permits.make(bindBounded([first]));
    const bound = most ?? Atomics.load(block.words, VALUE);
    super(block, bound);
    this.#most = bound;
  }

  /** `<BoundedSemaphore(value=1, maxvalue=1)>` */
  override toString(): string {
    return `<BoundedSemaphore(value=${this.get_value()}, maxvalue=${this.#most})>`;
  }
}
