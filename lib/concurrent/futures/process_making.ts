import type { Failure } from '../../engine/failure';
import { defaultMethod, launcherOf, type StartMethod } from '../../engine/launchers';
import { workerIdentity } from '../../engine/process_identity';
import { threadIdentity } from '../../engine/thread_identity';
import type { Initializer } from '../../pool/types';
import { cpu_count } from '../../util/cpu_count';
import { nextThreadNumber } from '../../util/process_counter';
import {
  bindProcessPool,
  checkChunksize,
  checkInitializer,
  checkMaxTasks,
  checkMaxWorkers,
} from './arguments';
import { BrokenProcessPool } from './errors';
import type { Making } from './executor_core';
import { errorOf, wordsFor } from './failures';

/** What says how workers are started: what `get_context` gives. */
export interface StartContext {
  get_start_method(): StartMethod;
}

export interface ProcessPoolOptions {
  /** How many processes at most. @default `cpu_count()` */
  readonly max_workers?: number | null;
  /** How they are started. @default the start method in use */
  readonly mp_context?: StartContext | null;
  /** Called in each process before its first call; it may be async. */
  readonly initializer?: Initializer | null;
  /** The arguments of `initializer`. */
  readonly initargs?: Iterable<unknown> | null;
  /** Calls, or chunks of a map, that a process runs before a fresh one replaces it. @default no end */
  readonly max_tasks_per_child?: number | null;
}

/** What makes a `ProcessPoolExecutor`, from the arguments of its constructor. */
export function processMaking(args: unknown[]): Making {
  const given = bindProcessPool(args);
  const method = methodOf(given.mp_context);
  return {
    launcher: launcherOf(method),
    size: checkMaxWorkers(given.max_workers, cpu_count, true),
    tasksPerWorker: checkMaxTasks(given.max_tasks_per_child),
    fragile: true,
    initializer: checkInitializer(given.initializer),
    initargs: given.initargs,
    identity:
      method === 'spawn'
        ? () => workerIdentity('SpawnProcess', false)
        : () => threadIdentity(`Thread-${nextThreadNumber()} (worker)`, false),
    chunksize: checkChunksize,
    errorOf: brokenBy,
    broken: (failure) => new BrokenProcessPool(UNUSABLE, { cause: brokenBy(failure) }),
  };
}

const UNUSABLE = 'A child process terminated abruptly, the process pool is not usable anymore';
const ABRUPTLY =
  'A process in the process pool was terminated abruptly while the future was running or pending.';
const NOT_STARTED = 'A worker process could not be started, the process pool is not usable anymore';

/** One error for each future, as Python has from 3.15 on: a shared one would gather the stacks of all who wait. */
function brokenBy(failure: Failure): unknown {
  switch (failure.kind) {
    case 'crashed':
    case 'lost':
      return new BrokenProcessPool(`${ABRUPTLY} ${wordsFor(failure.exit)}`);
    case 'terminated':
      return new BrokenProcessPool(ABRUPTLY);
    case 'broken': {
      const { cause } = failure;
      if (cause.kind === 'exited') return new BrokenProcessPool(`${ABRUPTLY} ${wordsFor(cause.exit)}`);
      return new BrokenProcessPool(cause.kind === 'threw' ? ABRUPTLY : NOT_STARTED, { cause: cause.error });
    }
    default:
      return errorOf(failure);
  }
}

function methodOf(context: unknown): StartMethod {
  if (context === null) return defaultMethod();
  const method = (context as Partial<StartContext>).get_start_method;
  if (typeof method !== 'function') {
    throw new TypeError('mp_context must be a context: what get_context() gives');
  }
  return method.call(context);
}
