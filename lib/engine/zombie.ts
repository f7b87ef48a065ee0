import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { STATE, statOf } from '../util/stat_of';
import type { Exit } from './failure';

/**
 * Children that have ended, seen without the event loop: a ported script blocks in `sleep` and asks then. Until node
 * collects it, a dead child stays in the system's table of processes, and its number is nobody else's.
 */

/** Its field of `/proc/<pid>/stat`: see proc(5). */
const EXIT_CODE = 49;
const SIGNAL_BITS = 0x7f;

/** How a child has ended, where the system tells (Linux); `null`: it has not, or nobody knows. */
export function exitOf(pid: number): Exit | null {
  const fields = process.platform === 'linux' ? statOf(`/proc/${pid}`) : null;
  if (fields?.[STATE] !== 'Z') return null;
  // As waitpid(2) has it.
  const status = Number(fields[EXIT_CODE]);
  const number = status & SIGNAL_BITS;
  if (number === 0) return { pid, exitcode: (status >> 8) & 0xff, signal: null };
  const signal = Object.entries(constants.signals).find(([, each]) => each === number)?.[0] ?? null;
  return { pid, exitcode: -number, signal };
}

/** Has a child ended that the event loop has not told of? To be asked where that loop will not run again. */
export function hasEnded(pid: number): boolean {
  if (process.platform === 'win32') return !isThere(pid);
  if (process.platform === 'linux') {
    const fields = statOf(`/proc/${pid}`);
    if (fields !== null) return fields[STATE] === 'Z' || fields[STATE] === 'X';
    if (!isThere(pid)) return true;
  }
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return !/^\s*[^\sZ]/.test(stdout);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
