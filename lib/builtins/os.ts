import { cpu_count } from '../util/cpu_count';

/** Python's `os.getpid`: the id of this process. A worker thread shares the one of its process. */
export function getpid(): number {
  return process.pid;
}

/** Python's `os.getppid`: the id of the process that started this one. */
export function getppid(): number {
  return process.ppid;
}

/** What ported scripts use of Python's `os`: `os.getpid()`, `os.getppid()`, `os.cpu_count()`. */
export const os = { getpid, getppid, cpu_count } as const;
