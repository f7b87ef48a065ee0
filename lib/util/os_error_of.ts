import { getSystemErrorName } from 'node:util';
import {
  BrokenPipeError,
  ConnectionAbortedError,
  ConnectionRefusedError,
  ConnectionResetError,
  FileExistsError,
  FileNotFoundError,
  InterruptedError,
  OSError,
  PermissionError,
  ProcessLookupError,
  TimeoutError,
  type OSErrorOptions,
} from './os_errors';

type Class = new (message: string, options: OSErrorOptions) => OSError;

/** What the C library calls an error, and Python's class for it. */
const KNOWN: Partial<Record<string, readonly [text: string, Class?: Class]>> = {
  EACCES: ['Permission denied', PermissionError],
  EADDRINUSE: ['Address already in use'],
  EADDRNOTAVAIL: ['Cannot assign requested address'],
  EAFNOSUPPORT: ['Address family not supported by protocol'],
  EAGAIN: ['Resource temporarily unavailable'],
  ECONNABORTED: ['Software caused connection abort', ConnectionAbortedError],
  ECONNREFUSED: ['Connection refused', ConnectionRefusedError],
  ECONNRESET: ['Connection reset by peer', ConnectionResetError],
  EEXIST: ['File exists', FileExistsError],
  EFBIG: ['File too large'],
  EHOSTUNREACH: ['No route to host'],
  EINTR: ['Interrupted system call', InterruptedError],
  EINVAL: ['Invalid argument'],
  EISDIR: ['Is a directory'],
  ELOOP: ['Too many levels of symbolic links'],
  EMFILE: ['Too many open files'],
  ENAMETOOLONG: ['File name too long'],
  ENETUNREACH: ['Network is unreachable'],
  ENFILE: ['Too many open files in system'],
  ENOENT: ['No such file or directory', FileNotFoundError],
  ENOMEM: ['Cannot allocate memory'],
  ENOSPC: ['No space left on device'],
  ENOTDIR: ['Not a directory'],
  ENOTSOCK: ['Socket operation on non-socket'],
  EPERM: ['Operation not permitted', PermissionError],
  EPIPE: ['Broken pipe', BrokenPipeError],
  EROFS: ['Read-only file system'],
  EPROTOTYPE: ['Protocol wrong type for socket'],
  ESRCH: ['No such process', ProcessLookupError],
  ETIMEDOUT: ['Connection timed out', TimeoutError],
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
