import { ProcessError } from '../errors';
import { RuntimeError } from '../util/exceptions';

/** A barrier was reset or aborted, or somebody did not come in time. Python's `threading.BrokenBarrierError`. */
export class BrokenBarrierError extends RuntimeError {
  static {
    this.prototype.name = 'BrokenBarrierError';
  }
}

/**
 * Whoever held the lock has died with it, and what it protects may be half done. One of those who wait for the lock
 * is told by this error; the lock is free again then. Python waits for ever here.
 */
export class OwnerDiedError extends ProcessError {
  static {
    this.prototype.name = 'OwnerDiedError';
  }
}
