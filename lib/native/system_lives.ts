import { Buffer } from 'node:buffer';
import { isMainThread } from 'node:worker_threads';
import { libc, O_CLOEXEC } from './libc';
import type { Lives } from './lives';

const ENOENT = 2;
const ESRCH = 3;
/** The line is shorter: its only text is the name of the program, of 15 bytes. */
const LINE = Buffer.alloc(1024);

/** Threads of all processes, by the numbers that the system has given them: it tells of them in `/proc`. */
export class SystemLives implements Lives {
  readonly own = isMainThread ? process.pid : libc().gettid();
  /** Several copies of this package in one thread have one number. */
  readonly isUnique = false;

  /** On the system's clock, of which a word is enough. */
  startOf(tid: number): number | null | undefined {
    const fd = libc().open(`/proc/${tid}/stat`, O_CLOEXEC);
    if (fd < 0) return fd === -ENOENT || fd === -ESRCH ? null : undefined;
    const length = libc().read(fd, LINE);
    libc().close(fd);
    if (length < 0) return length === -ESRCH ? null : undefined;
    // What follows the name, which may hold anything: the state first, and the start as the twentieth.
    const stat = LINE.toString('latin1', 0, length);
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    // A zombie is dead: only its parent has not heard of it.
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return Number(fields[19]) | 0;
  }
}
