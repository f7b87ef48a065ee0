import { getCurrentProcess } from './util/current';

/** What a process can be asked of itself, or of its parent. */
export interface ProcessHandle {
  /** `MainProcess`, or `SpawnPoolWorker-1` and so on in a worker. */
  readonly name: string;
  readonly pid: number;
  /** The same as `pid`. */
  readonly ident: number;
  /** Workers of a pool are daemonic: they may have no children, and end with their parent. */
  readonly daemon: boolean;
  /** `null` while it runs. */
  readonly exitcode: number | null;
  is_alive(): boolean;
}

/**
 * The process that asks.
 *
 * As in Python; in a worker of a pool its name is `SpawnPoolWorker-N`, with the number counted by the parent.
 *
 * @example
 * await pool.apply(() => current_process().name); // 'SpawnPoolWorker-1'
 */
export function current_process(): ProcessHandle {
  const { name, daemon } = getCurrentProcess();
  return { name, pid: process.pid, ident: process.pid, daemon, exitcode: null, is_alive: () => true };
}

/** The process that started this one, or `null` in the main process. */
export function parent_process(): ProcessHandle | null {
  const { parentPid, parentName } = getCurrentProcess();
  if (parentPid === null) return null;
  return {
    name: parentName,
    pid: parentPid,
    ident: parentPid,
    daemon: false,
    exitcode: null,
    // Whoever outlives its parent is adopted by another process.
    is_alive: () => process.ppid === parentPid,
  };
}

/** Python's call for frozen Windows executables. Does nothing: a worker never runs the user's script. */
export function freeze_support(): void {
  // Nothing to do: kept so that ported scripts run unchanged.
}
