import { Buffer } from 'node:buffer';
import { libc, O_CLOEXEC } from './libc';

const ENOENT = 2;
const ESRCH = 3;
/** The line is shorter: its only text is the name of the program, of 15 bytes. */
const LINE = Buffer.alloc(1024);

/**
 * When the thread of this number was started, on the system's clock (of which a word is enough); `null`: there is no
 * such thread, or it is dead; `undefined`: that cannot be told, as no more files can be opened.
 */
export function startOf(tid: number): number | null | undefined {
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
