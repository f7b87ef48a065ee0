import type { StartMethod } from './engine/launchers';
import { Pipe } from './connection/pipe';
import { get_logger, log_to_stderr } from './logging';
import type * as Managers from './managers';
import type { SyncManager } from './managers';
import { Pool, ThreadPool } from './pool';
import type { Process } from './process/index';
import {
  active_children,
  current_process,
  freeze_support,
  parent_process,
  SpawnProcess,
  ThreadProcess,
} from './process/index';
import { JoinableQueue } from './queues/joinable_queue';
import { Queue } from './queues/queue';
import { SimpleQueue } from './queues/simple_queue';
import { Array, RawArray, RawValue, Value } from './sharedctypes';
import { bound, type Bound } from './start_method';
import { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } from './synchronize';
import { cpu_count } from './util/cpu_count';

export type { StartMethod };
export { get_all_start_methods, get_start_method, set_start_method } from './start_method';

/** `Pool` whose workers are processes, whatever the start method in use. */
const SpawnPool: typeof Pool = {
  Pool: class extends Pool {
    protected static override readonly start_method = 'spawn';
  },
}.Pool;

/** What is the same for processes and threads, however they are started. */
const SHARED = {
  active_children,
  Array,
  Barrier,
  BoundedSemaphore,
  Condition,
  cpu_count,
  current_process,
  Event,
  freeze_support,
  get_logger,
  JoinableQueue,
  Lock,
  log_to_stderr,
  parent_process,
  Pipe,
  Queue,
  RawArray,
  RawValue,
  RLock,
  Semaphore,
  SimpleQueue,
  Value,
} as const;

/** Sockets and all that they need are loaded by who needs them. */
const managers = (): typeof Managers => require('./managers') as typeof Managers;

/**
 * Starts a process that holds shared objects: dicts, lists, queues, locks. Resolves to its manager.
 *
 * Python's `Manager()`. The process ends with this one, or by `shutdown`, or where `await using` ends.
 *
 * @example
 * await using manager = await Manager();
 * const dict = await manager.dict();
 */
export function Manager(): Promise<SyncManager> {
  return managers().Manager();
}

const managerOf = (Class: typeof Process) => (): Promise<SyncManager> =>
  new (managers().SyncManager)({ ctx: { Process: Class } }).start();

/** The names of the module, bound to one start method: what `get_context` gives. */
export interface Context extends Readonly<typeof SHARED>, Bound {
  readonly Pool: typeof Pool;
  readonly Process: typeof Process;
  /** {@link Manager}, whose server is a process or a thread. */
  Manager(): Promise<SyncManager>;
}

const NAMES: Readonly<Record<StartMethod, Omit<Context, keyof Bound>>> = {
  spawn: { ...SHARED, Pool: SpawnPool, Process: SpawnProcess, Manager: managerOf(SpawnProcess) },
  thread: { ...SHARED, Pool: ThreadPool, Process: ThreadProcess, Manager: managerOf(ThreadProcess) },
};

/**
 * The names of this module for one start method.
 *
 * @param method - left out: the one in use, `spawn` if none was set. `thread` is ours: worker threads, and its `Pool`
 *   is `ThreadPool`. `fork` and `forkserver` do not exist here: a running JavaScript engine cannot be forked.
 * @throws ValueError for a method that does not exist, in Python's words.
 * @example
 * const { Pool } = get_context('spawn');
 */
export function get_context(method: StartMethod | null = null): Context {
  return bound(NAMES, method);
}
