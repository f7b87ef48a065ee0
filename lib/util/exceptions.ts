/**
 * Python's built-in exceptions, under their names and in their hierarchy. The lower layers throw them, ported code
 * catches them (`multiprocessing-ts/builtins`).
 *
 * Each name stands on the prototype, so that it already heads the stack when an error is made. `TypeError`,
 * `SyntaxError` and `Error` itself (Python's `Exception`) are JavaScript's own.
 */

import { str } from './repr';

/** An argument has the right type but an impossible value. */
export class ValueError extends Error {
  static {
    this.prototype.name = 'ValueError';
  }
}

/** Text cannot be encoded or decoded. */
export class UnicodeError extends ValueError {
  static {
    this.prototype.name = 'UnicodeError';
  }
}

/** An `assert` does not hold. Python's, not the one of `node:assert`. */
export class AssertionError extends Error {
  static {
    this.prototype.name = 'AssertionError';
  }
}

/** An object has no such attribute. */
export class AttributeError extends Error {
  static {
    this.prototype.name = 'AttributeError';
  }
}

/** An operation on a buffer is not possible. */
export class BufferError extends Error {
  static {
    this.prototype.name = 'BufferError';
  }
}

/** The other end is closed, nothing more will come. */
export class EOFError extends Error {
  static {
    this.prototype.name = 'EOFError';
  }
}

/** A module cannot be imported. */
export class ImportError extends Error {
  static {
    this.prototype.name = 'ImportError';
  }
}

/** A module cannot be found. */
export class ModuleNotFoundError extends ImportError {
  static {
    this.prototype.name = 'ModuleNotFoundError';
  }
}

/** There is not enough memory. */
export class MemoryError extends Error {
  static {
    this.prototype.name = 'MemoryError';
  }
}

/** A name is not bound to anything. */
export class NameError extends Error {
  static {
    this.prototype.name = 'NameError';
  }
}

/** The base of {@link IndexError} and {@link KeyError}. */
export class LookupError extends Error {
  static {
    this.prototype.name = 'LookupError';
  }
}

/** An index is out of range. */
export class IndexError extends LookupError {
  static {
    this.prototype.name = 'IndexError';
  }
}

/** A key is not in the mapping. */
export class KeyError extends LookupError {
  static {
    this.prototype.name = 'KeyError';
  }
}

/** The base of the errors of arithmetic. */
export class ArithmeticError extends Error {
  static {
    this.prototype.name = 'ArithmeticError';
  }
}

/** Division or modulo by zero. JavaScript's `/` never throws it; {@link divmod} does. */
export class ZeroDivisionError extends ArithmeticError {
  static {
    this.prototype.name = 'ZeroDivisionError';
  }
}

/** A result is too large. */
export class OverflowError extends ArithmeticError {
  static {
    this.prototype.name = 'OverflowError';
  }
}

/** A failure that is none of the others. */
export class RuntimeError extends Error {
  static {
    this.prototype.name = 'RuntimeError';
  }
}

/** What is asked for is not possible here. */
export class NotImplementedError extends RuntimeError {
  static {
    this.prototype.name = 'NotImplementedError';
  }
}

/** Calls are nested too deep. JavaScript itself throws `RangeError` there. */
export class RecursionError extends RuntimeError {
  static {
    this.prototype.name = 'RecursionError';
  }
}

/** An iterator has no more values; `value` is what a generator returned. JavaScript's iterators never throw it. */
export class StopIteration extends Error {
  static {
    this.prototype.name = 'StopIteration';
  }
  readonly value: unknown;

  constructor(value: unknown = null) {
    super(value === null || value === undefined ? '' : str(value));
    this.value = value;
  }
}

/** The user pressed Ctrl-C. */
export class KeyboardInterrupt extends Error {
  static {
    this.prototype.name = 'KeyboardInterrupt';
  }
}

/**
 * What `sys.exit(code)` raises: the process is to end. Of a `Process`, an integer is the exit code, `null` is 0, and
 * anything else is printed, with an exit code of 1. Elsewhere it is an error like any other.
 */
export class SystemExit extends Error {
  static {
    this.prototype.name = 'SystemExit';
  }
  readonly code: unknown;

  constructor(code: unknown = null) {
    super(code === null ? '' : str(code));
    this.code = code;
  }
}
