import { face, type BaseProcess } from './base_process';
import { liveChildren } from './children';
import './process';
import type { Process } from './process';

/** A process that exists: it has a number. */
export interface ProcessHandle extends BaseProcess {
  readonly pid: number;
  readonly ident: number;
}

/**
 * The process that asks.
 *
 * As in Python: `MainProcess`, or in a child the object it was started by, or one like it; in a worker of a pool its
 * name is `SpawnPoolWorker-N`. A thread of a pool is no process, its process is; one that a `Process` of
 * `get_context('thread')` has started is that.
 *
 * @example
 * await pool.apply(() => current_process().name); // 'SpawnPoolWorker-1'
 */
export function current_process(): ProcessHandle {
  return face.currentProcess() as ProcessHandle;
}

/**
 * The process that started this one, or `null` in the main process. It can be joined, and asked if it is alive: a
 * process that is no daemon may outlive it.
 */
export function parent_process(): ProcessHandle | null {
  return face.parentProcess() as ProcessHandle | null;
}

/**
 * The processes that this one has started and that live, oldest first.
 *
 * As in Python, but workers of pools are not among them.
 */
export function active_children(): Process[] {
  return liveChildren() as Process[];
}

/** Python's call for frozen Windows executables. Does nothing: a worker never runs the user's script. */
export function freeze_support(): void {
  // Nothing to do: kept so that ported scripts run unchanged.
}
