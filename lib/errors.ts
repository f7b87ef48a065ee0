/**
 * Every error class of the package that belongs to no single room, and Python's built-in exceptions.
 * Names are Python's where Python has them; each stands on the prototype, so that it heads the stack.
 *
 * `TimeoutError` is the one of `multiprocessing`, not the builtin.
 */
import { str } from './util/repr';

export * from './util/exceptions';
export * from './util/os_errors';

/** The base of the errors that `multiprocessing` itself raises. */
export class ProcessError extends Error {
  static {
    this.prototype.name = 'ProcessError';
  }
}

/** Raised by `get(timeout)`, `next(timeout)` and by a task that overruns its own `timeout`. */
export class TimeoutError extends ProcessError {
  static {
    this.prototype.name = 'TimeoutError';
  }
}

/** Of a long message an error's text has only so many bytes: all of them would be four times as many letters. */
const SHOWN = 1000;

/**
 * Raised when a message is longer than the buffer that was given for it: `args[0]` is all of the message. Unlike
 * Python's, its text has only the first 1000 bytes.
 */
export class BufferTooShort extends ProcessError {
  static {
    this.prototype.name = 'BufferTooShort';
  }
  readonly args: readonly unknown[];

  constructor(...args: readonly unknown[]) {
    super(args.length === 0 ? '' : excerpt(args[0]));
    this.args = args;
  }
}

function excerpt(message: unknown): string {
  if (!(message instanceof Uint8Array) || message.length <= SHOWN) return str(message);
  return `${str(message.subarray(0, SHOWN))}...`;
}

/** Raised when the two ends of a connection do not share a key. */
export class AuthenticationError extends ProcessError {
  static {
    this.prototype.name = 'AuthenticationError';
  }
}

/** Raised for a function, argument or result that cannot be sent to another process. */
export class PicklingError extends Error {
  static {
    this.prototype.name = 'PicklingError';
  }
}

/** Raised for bytes that arrived but cannot be turned back into a value. */
export class UnpicklingError extends Error {
  static {
    this.prototype.name = 'UnpicklingError';
  }
}
