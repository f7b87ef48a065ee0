import { OSError } from '../errors';
import { osErrorOf } from '../util/os_error_of';

/** What Python's `socket.gaierror` says: the numbers are those of getaddrinfo(3), not of the system. */
const UNKNOWN = [-2, 'Name or service not known'] as const;
const LATER = [-3, 'Temporary failure in name resolution'] as const;

/** What node says of a socket, as Python raises it. */
export function socketError(error: unknown): Error {
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return unresolved(code);
  if (typeof errno === 'number' && errno < 0) return osErrorOf(-errno);
  return error as Error;
}

/** @param code - node's, of a name that has no address. */
export function unresolved(code?: string): OSError {
  const [errno, text] = code === 'EAI_AGAIN' ? LATER : UNKNOWN;
  return new OSError(`[Errno ${errno}] ${text}`, { errno, ...(code === undefined ? {} : { code }) });
}
