import type * as asynchronous from 'multiprocessing-ts/concurrent/futures';
import * as sync from 'multiprocessing-ts/sync/concurrent/futures';
import type { AnyExecutor } from './support';

/*
 * The executors that block in the clothes of the asynchronous ones, so that the same promises can be asked of both:
 * see {@link file://./../blocking.ts}. Futures stay the objects they are, only their `result` and `exception` give
 * promises. An iterator cannot be asked for a moment only: what waits in its `next()` blocks to the end, after a turn
 * of the event loop.
 */

/** How long one call blocks, in seconds. */
const SLICE = 0.05;

/** As they are when a test has faked them. */
const { setImmediate } = globalThis;
const now = performance.now.bind(performance);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Args = unknown[];
type Call = (...args: Args) => never;
type Timeout = sync.Timeout | undefined;

const secondsOf = (timeout: Timeout): number | null =>
  (typeof timeout === 'object' ? timeout?.timeout : timeout) ?? null;

/** Is it one, or is it to be refused? */
const isTimeout = (timeout: unknown): boolean =>
  timeout === null ||
  timeout === undefined ||
  (typeof timeout === 'number' && !Number.isNaN(timeout)) ||
  (typeof timeout === 'object' && 'timeout' in timeout && isTimeout(timeout.timeout));

/** Calls what blocks until it does not time out of itself, or the time is over. */
async function inSlices<T>(call: (timeout: number) => T, timeout: Timeout): Promise<T> {
  const seconds = secondsOf(timeout);
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  for (;;) {
    const left = (deadline - now()) / 1000;
    try {
      return call(Math.min(SLICE, left));
    } catch (error) {
      // A call may throw one as well, which says more.
      if (!(error instanceof sync.TimeoutError) || error.message !== '' || left <= SLICE) throw error;
    }
    await turn();
  }
}

const dressed = new WeakSet<sync.Future<unknown>>();

function dress(future: sync.Future<unknown>): asynchronous.Future<unknown> {
  if (!dressed.has(future)) {
    dressed.add(future);
    const { result, exception } = sync.Future.prototype;
    const asked = (what: (timeout: Timeout) => unknown) => ({
      value: async (timeout: Timeout) =>
        isTimeout(timeout)
          ? await inSlices((slice) => what.call(future, slice), timeout)
          : what.call(future, timeout),
    });
    Object.defineProperties(future, { result: asked(result), exception: asked(exception) });
  }
  return future as unknown as asynchronous.Future<unknown>;
}

/** Made by hand. */
class Future extends sync.Future<unknown> {
  /** Those of executors are dressed one by one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof sync.Future;
  }

  constructor() {
    super();
    dress(this);
  }
}

class Iterator {
  constructor(readonly iterator: Generator) {}

  async next(): Promise<unknown> {
    await turn();
    return this.iterator.next();
  }

  async return(): Promise<unknown> {
    return this.iterator.return(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

const submitter = (executor: sync.Submitter): sync.Submitter =>
  ({
    submit: (...args: Args) => dress((executor.submit as Call).apply(executor, args)),
    map: (...args: Args) => new Iterator((executor.map as Call).apply(executor, args)),
  }) as unknown as sync.Submitter;

/** What a test sees as an executor of `multiprocessing-ts/concurrent/futures`. */
export function inClothes(executor: sync.ProcessPoolExecutor | sync.ThreadPoolExecutor): AnyExecutor {
  return {
    ...submitter(executor),
    with_options: (...args: Args) => submitter((executor.with_options as Call).apply(executor, args)),
    ...('kill_workers' in executor && {
      kill_workers: () => {
        executor.kill_workers();
      },
      terminate_workers: () => {
        executor.terminate_workers();
      },
    }),
    async shutdown(...args: Args): Promise<void> {
      // It takes no more work at the call; the test may open its gates before it blocks.
      const keywords = args.find((each) => typeof each === 'object') as
        { cancel_futures?: boolean } | undefined;
      if (args.length < 2 || keywords !== undefined) {
        executor.shutdown(false, { cancel_futures: keywords?.cancel_futures ?? false });
        await turn();
      }
      (executor.shutdown as Call).apply(executor, args);
      // Till then its processes are zombies.
      await turn();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await turn();
      executor[Symbol.dispose]();
    },
  } as unknown as AnyExecutor;
}

/** Is it what was waited for? */
const isOver = ({ done, not_done }: ReturnType<typeof sync.wait>, when?: sync.ReturnWhen | null): boolean =>
  not_done.size === 0 ||
  (when === 'FIRST_COMPLETED' && done.size > 0) ||
  (when === 'FIRST_EXCEPTION' &&
    [...done].some((each) => !each.cancelled() && sync.Future.prototype.exception.call(each, 0) !== null));

type WaitArguments = [timeout?: number | null | sync.WaitKeywords, return_when?: sync.ReturnWhen | null];

async function wait(fs: Iterable<sync.Future<unknown>>, ...given: WaitArguments): Promise<unknown> {
  const [timeout = null] = given;
  const { return_when: when = given[1], ...others } =
    typeof timeout === 'object' ? (timeout ?? {}) : { timeout };
  // What it refuses.
  if (!isTimeout({ timeout: null, ...others }) || Object.keys(others).some((key) => key !== 'timeout')) {
    return sync.wait(fs, ...given);
  }
  const seconds = secondsOf(timeout);
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  for (;;) {
    const slice = Math.min(SLICE, (deadline - now()) / 1000);
    const pair = sync.wait(fs, slice, when);
    if (slice < SLICE || isOver(pair, when)) return pair;
    await turn();
  }
}

/** Waits in slices for what its `next()` will give without waiting. */
async function* as_completed(
  fs: Iterable<sync.Future<unknown>>,
  timeout?: Timeout,
): AsyncGenerator<sync.Future<unknown>> {
  const left = new Set(fs instanceof Map ? (fs.keys() as Iterable<sync.Future<unknown>>) : fs);
  const seconds = secondsOf(timeout);
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  using futures = sync.as_completed(left, timeout);
  for (;;) {
    await wait(left, (deadline - now()) / 1000, 'FIRST_COMPLETED');
    const { value, done } = futures.next();
    if (done === true) return;
    left.delete(value);
    yield value;
  }
}

/** The names of `multiprocessing-ts/concurrent/futures`, of the facade that blocks. */
export const inBlocking = { ...sync, Future, wait, as_completed } as unknown as Pick<
  typeof asynchronous,
  'Future' | 'wait' | 'as_completed'
>;
