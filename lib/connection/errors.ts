import { BrokenPipeError, OSError } from '../errors';

/** What Python's calls raise, in its words. */
export const isClosed = (): OSError => new OSError('handle is closed');
export const brokenPipe = (): BrokenPipeError =>
  new BrokenPipeError('[Errno 32] Broken pipe', { errno: 32, code: 'EPIPE' });
