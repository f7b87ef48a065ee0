import type { StartMethod } from '../engine/launchers';
import { get_logger, log_to_stderr } from '../logging';
import { RawArray, RawValue } from '../sharedctypes';
import { bound, type Bound } from '../start_method';
import { cpu_count } from '../util/cpu_count';
import { Pipe } from './connection/pipe';
import { Pool, ThreadPool } from './pool';
import type { Process } from './process';
import {
  active_children,
  current_process,
  freeze_support,
  parent_process,
  SpawnProcess,
  ThreadProcess,
} from './process';
import { JoinableQueue } from './queues/joinable_queue';
import { Queue } from './queues/queue';
import { SimpleQueue } from './queues/simple_queue';

export type { StartMethod };
export { get_all_start_methods, get_start_method, set_start_method } from '../start_method';

/** `Pool` whose workers are processes, whatever the start method in use. */
const SpawnPool: typeof Pool = {
  Pool: class extends Pool {
    protected static override readonly start_method = 'spawn';
  },
}.Pool;

/** What is the same for processes and threads, however they are started. */
const SHARED = {
  active_children,
  cpu_count,
  current_process,
  freeze_support,
  get_logger,
  JoinableQueue,
  log_to_stderr,
  parent_process,
  Pipe,
  Queue,
  RawArray,
  RawValue,
  SimpleQueue,
} as const;

/** The names of the module, bound to one start method: what `get_context` gives. */
export interface Context extends Readonly<typeof SHARED>, Bound {
  readonly Pool: typeof Pool;
  readonly Process: typeof Process;
}

const NAMES: Readonly<Record<StartMethod, Omit<Context, keyof Bound>>> = {
  spawn: { ...SHARED, Pool: SpawnPool, Process: SpawnProcess },
  thread: { ...SHARED, Pool: ThreadPool, Process: ThreadProcess },
};

/**
 * The names of this module for one start method.
 *
 * @param method - left out: the one in use, `spawn` if none was set, by whichever facade. `thread` is ours: worker
 *   threads, and its `Pool` is `ThreadPool`.
 * @throws ValueError for a method that does not exist, in Python's words.
 * @example
 * const { Pool } = get_context('spawn');
 */
export function get_context(method: StartMethod | null = null): Context {
  return bound(NAMES, method);
}
