/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `executors` */
import * as asynchronous from 'multiprocessing-ts/concurrent/futures';
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type Executor,
  type ProcessPoolOptions,
  type SubmitOptions,
  type Submitter,
  type ThreadPoolOptions,
} from 'multiprocessing-ts/concurrent/futures';
import * as sync from 'multiprocessing-ts/sync/concurrent/futures';
import { BOTH, type Facade } from '../support';
import { inBlocking, inClothes } from './blocking';

/** What both executors have. */
export interface AnyExecutor extends Executor {
  with_options(options?: SubmitOptions): Submitter;
}

/** The options that both take. */
export type AnyOptions = Omit<ThreadPoolOptions, 'thread_name_prefix'>;

/** `new ProcessPoolExecutor(…)` or `new ThreadPoolExecutor(…)`. */
export interface MakeExecutor {
  (max_workers?: number | null, options?: Omit<AnyOptions, 'max_workers'>): AnyExecutor;
  /** One of so many workers for all promises of a theme that ask nothing of it but that it runs. */
  readonly shared: (max_workers: number) => AnyExecutor;
}

export type Kind = (typeof KINDS)[number]['kind'];

const KINDS = [
  {
    facade: 'async',
    kind: 'ProcessPoolExecutor',
    make: (options: ProcessPoolOptions): AnyExecutor => new ProcessPoolExecutor(options),
  },
  {
    facade: 'async',
    kind: 'ThreadPoolExecutor',
    make: (options: ThreadPoolOptions): AnyExecutor => new ThreadPoolExecutor(options),
  },
  // Of those that block the processes: what threads do otherwise is in promises of their own.
  {
    facade: 'sync',
    kind: 'ProcessPoolExecutor',
    make: (options: ProcessPoolOptions) => inClothes(new sync.ProcessPoolExecutor(options)),
  },
] as const;

/** The names that a spec needs of the facade that it is about. */
export type Names = Pick<typeof asynchronous, 'Future' | 'wait' | 'as_completed'> & {
  readonly facade: Facade;
};

const namesOf = (facade: Facade): Names => ({ ...(facade === 'async' ? asynchronous : inBlocking), facade });

/** Shuts executors down after each test, whatever is left in them: a test that fails leaves nothing behind. */
function shutDownAfterEach(): <E extends Executor>(executor: E) => E {
  const made: Executor[] = [];
  afterEach(async () => {
    await Promise.all(made.splice(0).map((each) => end(each)));
  });
  return (executor) => {
    made.push(executor);
    return executor;
  };
}

/** Makes one for each number of workers, and shuts them down after all tests. */
function shutDownAfterAll(make: (max_workers: number) => AnyExecutor): (max_workers: number) => AnyExecutor {
  const made = new Map<number, AnyExecutor>();
  afterAll(async () => {
    await Promise.all([...made.values()].map((each) => end(each)));
  });
  return (max_workers) => {
    let executor = made.get(max_workers);
    if (executor === undefined) made.set(max_workers, (executor = make(max_workers)));
    return executor;
  };
}

async function end(executor: Executor): Promise<void> {
  if ('kill_workers' in executor) (executor as ProcessPoolExecutor).kill_workers();
  await executor.shutdown(true, { cancel_futures: true });
}

/**
 * The same promises for both executors, and both facades. `make` makes one that is shut down after the test.
 */
export function executors(
  theme: string,
  promises: (make: MakeExecutor, kind: Kind, names: Names) => void,
  facades: readonly Facade[] = BOTH,
): void {
  const kinds = KINDS.filter(({ facade }) => facades.includes(facade));
  describe.each(kinds)(`${theme} ($facade, $kind)`, ({ make, kind, facade }) => {
    const kept = shutDownAfterEach();
    const one = (
      max_workers: number | null = null,
      options: Omit<AnyOptions, 'max_workers'> = {},
    ): AnyExecutor => kept(make({ max_workers, ...options }));
    const shared = shutDownAfterAll((max_workers) => make({ max_workers }));
    promises(Object.assign(one, { shared }), kind, namesOf(facade));
  });
}

type MakeProcesses = (
  max_workers?: number | null,
  options?: Omit<ProcessPoolOptions, 'max_workers'>,
) => ProcessPoolExecutor;

/** Promises of processes alone. */
export function processes(
  theme: string,
  promises: (make: MakeProcesses, names: Names) => void,
  facades: readonly Facade[] = BOTH,
): void {
  describe.each(facades)(`${theme} (%s)`, (facade) => {
    const kept = shutDownAfterEach();
    const make = (options: ProcessPoolOptions): ProcessPoolExecutor =>
      facade === 'async'
        ? new ProcessPoolExecutor(options)
        : (inClothes(new sync.ProcessPoolExecutor(options)) as ProcessPoolExecutor);
    promises((max_workers = null, options = {}) => kept(make({ max_workers, ...options })), namesOf(facade));
  });
}

type MakeThreads = (
  max_workers?: number | null,
  options?: Omit<ThreadPoolOptions, 'max_workers'>,
) => ThreadPoolExecutor;

/** Promises of threads alone. */
export function threads(
  theme: string,
  promises: (make: MakeThreads, names: Names) => void,
  facades: readonly Facade[] = BOTH,
): void {
  describe.each(facades)(`${theme} (%s)`, (facade) => {
    const kept = shutDownAfterEach();
    const make = (options: ThreadPoolOptions): ThreadPoolExecutor =>
      facade === 'async'
        ? new ThreadPoolExecutor(options)
        : (inClothes(new sync.ThreadPoolExecutor(options)) as ThreadPoolExecutor);
    promises((max_workers = null, options = {}) => kept(make({ max_workers, ...options })), namesOf(facade));
  });
}

/** As {@link executors}, of what is about promises or the event loop: it says why. */
export function asyncExecutors(theme: string, promises: (make: MakeExecutor, kind: Kind) => void): void {
  executors(theme, promises, ['async']);
}

/** As {@link processes}, of what is about promises or the event loop: it says why. */
export function asyncProcesses(theme: string, promises: (make: MakeProcesses) => void): void {
  processes(theme, promises, ['async']);
}
