import { getSystemErrorName } from 'node:util';
import {
  BrokenPipeError,
  FileExistsError,
  FileNotFoundError,
  InterruptedError,
  OSError,
  PermissionError,
  ProcessLookupError,
  type OSErrorOptions,
} from './os_errors';

type Class = new (message: string, options: OSErrorOptions) => OSError;

/** What the C library calls an error, and Python's class for it. */
const KNOWN: Partial<Record<string, readonly [text: string, Class?: Class]>> = {
  EACCES: ['Permission denied', PermissionError],
  EEXIST: ['File exists', FileExistsError],
  EFBIG: ['File too large'],
  EINTR: ['Interrupted system call', InterruptedError],
  EINVAL: ['Invalid argument'],
  EISDIR: ['Is a directory'],
  ELOOP: ['Too many levels of symbolic links'],
  EMFILE: ['Too many open files'],
  ENAMETOOLONG: ['File name too long'],
  ENFILE: ['Too many open files in system'],
  ENOENT: ['No such file or directory', FileNotFoundError],
  ENOMEM: ['Cannot allocate memory'],
  ENOSPC: ['No space left on device'],
  EPERM: ['Operation not permitted', PermissionError],
  EPIPE: ['Broken pipe', BrokenPipeError],
  EROFS: ['Read-only file system'],
  ESRCH: ['No such process', ProcessLookupError],
};

/** The error of the system that has this number, as Python raises it. */
export function osErrorOf(errno: number, filename?: string): OSError {
  const code = getSystemErrorName(-errno);
  const [text, Class = OSError] = KNOWN[code] ?? [code];
  const file = filename === undefined ? '' : `: '${filename}'`;
  return new Class(`[Errno ${errno}] ${text}${file}`, {
    errno,
    code,
    ...(filename === undefined ? {} : { filename }),
  });
}
