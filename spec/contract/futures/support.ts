/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `executors` */
import {
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type Executor,
  type ProcessPoolOptions,
  type SubmitOptions,
  type Submitter,
  type ThreadPoolOptions,
} from 'multiprocessing-ts/concurrent/futures';

/** What both executors have. */
export interface AnyExecutor extends Executor {
  with_options(options?: SubmitOptions): Submitter;
}

/** The options that both take. */
export type AnyOptions = Omit<ThreadPoolOptions, 'thread_name_prefix'>;

/** `new ProcessPoolExecutor(…)` or `new ThreadPoolExecutor(…)`. */
export type MakeExecutor = (
  max_workers?: number | null,
  options?: Omit<AnyOptions, 'max_workers'>,
) => AnyExecutor;

export type Kind = (typeof KINDS)[number]['kind'];

const KINDS = [
  { kind: 'ProcessPoolExecutor', make: (options: ProcessPoolOptions) => new ProcessPoolExecutor(options) },
  { kind: 'ThreadPoolExecutor', make: (options: ThreadPoolOptions) => new ThreadPoolExecutor(options) },
] as const;

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

async function end(executor: Executor): Promise<void> {
  if (executor instanceof ProcessPoolExecutor) executor.kill_workers();
  await executor.shutdown(true, { cancel_futures: true });
}

/** The same promises for both executors. `make` makes one that is shut down after the test. */
export function executors(theme: string, promises: (make: MakeExecutor, kind: Kind) => void): void {
  describe.each(KINDS)(`${theme} ($kind)`, ({ make, kind }) => {
    const kept = shutDownAfterEach();
    promises((max_workers = null, options = {}) => kept(make({ max_workers, ...options })), kind);
  });
}

type MakeProcesses = (
  max_workers?: number | null,
  options?: Omit<ProcessPoolOptions, 'max_workers'>,
) => ProcessPoolExecutor;

/** Promises of processes alone. */
export function processes(theme: string, promises: (make: MakeProcesses) => void): void {
  describe(theme, () => {
    const kept = shutDownAfterEach();
    promises((max_workers = null, options = {}) =>
      kept(new ProcessPoolExecutor({ max_workers, ...options })),
    );
  });
}

type MakeThreads = (
  max_workers?: number | null,
  options?: Omit<ThreadPoolOptions, 'max_workers'>,
) => ThreadPoolExecutor;

/** Promises of threads alone. */
export function threads(theme: string, promises: (make: MakeThreads) => void): void {
  describe(theme, () => {
    const kept = shutDownAfterEach();
    promises((max_workers = null, options = {}) => kept(new ThreadPoolExecutor({ max_workers, ...options })));
  });
}
