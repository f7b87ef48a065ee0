import { liveChildren } from '../../process/children';
import { face, type BaseProcess } from './base_process';
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
 * As in Python: `MainProcess`, or in a child the object it was started by, or one like it. One of a subclass that was
 * started by the facade with promises is of that.
 *
 * @example
 * pool.apply(() => current_process().name); // 'SpawnPoolWorker-1'
 */
export function current_process(): ProcessHandle {
  return face.currentProcess() as ProcessHandle;
}

/**
 * The process that started this one, or `null` in the main process. It can be joined, which blocks, and asked if it is
 * alive.
 */
export function parent_process(): ProcessHandle | null {
  return face.parentProcess() as ProcessHandle | null;
}

/**
 * The processes that this one has started and that live, oldest first, by whichever facade.
 *
 * As in Python, but workers of pools are not among them.
 */
export function active_children(): Process[] {
  return liveChildren() as Process[];
}
