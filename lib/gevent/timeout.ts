import { AssertionError } from '../errors';
import { str } from '../util/repr';
import { checkCallable, checkSeconds, errorOf, type Throwable } from './arguments';
import { after } from './clock';
import { currentStrand, Strand } from './strand';
import { blocking } from './waits';

/**
 * Throws itself, or another error, into the current greenlet when its time is over; also what `get(timeout)` throws.
 *
 * As in gevent it works where the greenlet waits: in `sleep`, `join`, `get` and what stands on them. One that awaits
 * a foreign promise gets it at its next wait; to end the wait for such a promise use {@link with_timeout}. There is
 * no `with`, which would suppress it: `using` closes it, and `with_timeout` has a `timeout_value`.
 *
 * @example
 * const timeout = Timeout.start_new(0.1);
 * try {
 *   await sleep(10);
 * } catch (error) {
 *   if (error !== timeout) throw error; // not my timeout
 * } finally {
 *   timeout.close();
 * }
 */
export class Timeout extends Error {
  static {
    this.prototype.name = 'Timeout';
  }

  readonly seconds: number | null;
  /** What is thrown instead of the timeout itself; a text only completes its message. */
  readonly exception: Throwable | string | null;
  #strand: Strand | null = null;
  #stop: (() => void) | null = null;
  #thrown: unknown = null;

  /**
   * @param seconds - after how long; `null`: never.
   * @param exception - an error or a class of errors to throw instead.
   * @throws TypeError for seconds that are no number.
   */
  constructor(seconds: number | null = null, exception: Throwable | string | null = null) {
    super(messageOf(checkSeconds('seconds', seconds), exception));
    this.seconds = checkSeconds('seconds', seconds);
    this.exception = exception;
  }

  /** A timeout that runs; one that is given is started, if it is not running. */
  static start_new(
    timeout: number | Timeout | null = null,
    exception: Throwable | string | null = null,
  ): Timeout {
    const started = timeout instanceof Timeout ? timeout : new Timeout(timeout, exception);
    if (!started.pending) started.start();
    return started;
  }

  /**
   * The time runs from now on, for the greenlet that runs now.
   *
   * @throws AssertionError if it is running.
   */
  start(): void {
    if (this.pending) {
      throw new AssertionError(`${this.toString()} is already started; to restart it, cancel it first`);
    }
    const strand = currentStrand();
    this.#strand = strand;
    if (this.seconds === null) return;
    this.#stop = after(this.seconds, () => {
      this.#stop = null;
      const { exception } = this;
      this.#thrown = exception === null || typeof exception === 'string' ? this : errorOf(exception);
      if (!strand.throw(this.#thrown)) strand.owe(this.#thrown);
    });
  }

  /** Is it going to be thrown? */
  get pending(): boolean {
    return this.#stop !== null;
  }

  /** Prevents it; it can be started again. */
  cancel(): void {
    this.#stop?.();
    this.#stop = null;
    this.#strand?.forgive(this.#thrown);
  }

  /** The same: nothing else is held. To be called whenever the guarded code is done, as in gevent. */
  close(): void {
    this.cancel();
  }

  /** Leaving a `using` block closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function messageOf(seconds: number | null, exception: Throwable | string | null): string {
  if (seconds === null) return '';
  const time = `${seconds} second${seconds === 1 ? '' : 's'}`;
  return exception === null ? time : `${time}: ${str(exception)}`;
}

/** The keyword of {@link with_timeout}. */
export interface WithTimeoutKeywords<V> {
  /** What it resolves to, instead of throwing, when the time is over. */
  readonly timeout_value: V;
}

/**
 * Calls `fn(...args)` and waits for its result, for so many seconds at most.
 *
 * As in gevent: where `fn` waits in `sleep`, `join` or `get`, the {@link Timeout} is thrown there. Where it awaits a
 * foreign promise it cannot be stopped: the call rejects, `fn` is left to itself and its next wait of ours rejects.
 * So it makes any promise interruptible, by `kill` as well; `with_timeout(null, fn)` does only that.
 *
 * @param seconds - how long; `null`: for ever.
 * @param args - the arguments of `fn`; then, perhaps, `{ timeout_value }`.
 * @throws Timeout when the time is over and there is no `timeout_value`.
 * @throws what `fn` throws.
 * @throws TypeError for seconds that are no number, or for an `fn` that cannot be called.
 * @example
 * await with_timeout(0.1, sleep, 10, { timeout_value: 'too slow' }); // 'too slow'
 */
export function with_timeout<A extends unknown[], R, V>(
  seconds: number | null,
  fn: (...args: A) => R,
  ...args: [...A, WithTimeoutKeywords<V>]
): Promise<Awaited<R> | V>;
export function with_timeout<A extends unknown[], R>(
  seconds: number | null,
  fn: (...args: A) => R,
  ...args: A
): Promise<Awaited<R>>;
export function with_timeout(
  seconds: number | null,
  fn: (...args: unknown[]) => unknown,
  ...args: unknown[]
): Promise<unknown> {
  return blocking(bindWithTimeout, [seconds, fn, args], async (given) => {
    const timeout = new Timeout(given.seconds);
    try {
      return await runWithin(timeout, fn, given.args);
    } catch (error) {
      if (error === timeout && given.keywords !== null) return given.keywords.timeout_value;
      throw error;
    }
  });
}

interface Given {
  readonly seconds: number | null;
  readonly args: readonly unknown[];
  readonly keywords: WithTimeoutKeywords<unknown> | null;
}

function bindWithTimeout([seconds, fn, args]: readonly unknown[]): Given {
  checkCallable(fn, 'with_timeout() takes a function');
  const list = args as readonly unknown[];
  const last = list[list.length - 1];
  const keywords = isKeywords(last) ? last : null;
  return {
    seconds: checkSeconds('seconds', seconds),
    args: keywords === null ? list : list.slice(0, -1),
    keywords,
  };
}

function isKeywords(value: unknown): value is WithTimeoutKeywords<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === 'timeout_value';
}

/** In a strand of its own, so that the timeout ends this call and nothing beside it. */
function runWithin(
  timeout: Timeout,
  fn: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const outer = currentStrand();
  return outer.wait((resolve, reject) => {
    const strand = new Strand(outer.greenlet);
    const interrupt = (error: unknown): void => {
      if (strand.throw(error)) return;
      cancel();
      strand.owe(error);
      reject(error);
    };
    const cancel = after(timeout.seconds, () => {
      interrupt(timeout);
    });
    const result = strand.run(async () => await fn(...args));
    result.finally(cancel).then(resolve, reject);
    return interrupt;
  });
}
