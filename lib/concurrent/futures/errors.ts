import { RuntimeError } from '../../util/exceptions';

/*
 * Python has a base class `Error` for the first two, which it does not export. Here that is JavaScript's own.
 */

/** The future was cancelled: it has neither a result nor an exception. */
export class CancelledError extends Error {
  static {
    this.prototype.name = 'CancelledError';
  }
}

/** The future is done already: its result cannot be set any more. */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = 'InvalidStateError';
  }
}

/** The executor is broken: it can run nothing any more. */
export class BrokenExecutor extends RuntimeError {
  static {
    this.prototype.name = 'BrokenExecutor';
  }
}

/** The initializer of a thread of a `ThreadPoolExecutor` failed. */
export class BrokenThreadPool extends BrokenExecutor {
  static {
    this.prototype.name = 'BrokenThreadPool';
  }
}

/** A worker of a `ProcessPoolExecutor` ended where it should not. */
export class BrokenProcessPool extends BrokenExecutor {
  static {
    this.prototype.name = 'BrokenProcessPool';
  }
}
