/**
 * Python's `OSError` and what is below it. `errno` is Python's (positive), `code` is Node's name of it (`EPIPE`).
 */

/** What an {@link OSError} may know besides its message. */
export interface OSErrorOptions extends ErrorOptions {
  /** The number of the error, as in C. */
  readonly errno?: number;
  /** The name of the error: `'ENOENT'`. */
  readonly code?: string;
  /** The file it is about. */
  readonly filename?: string;
}

/**
 * The system refused something.
 *
 * @example
 * new OSError('handle is closed').message; // 'handle is closed'
 * new OSError('Connection refused', { errno: 111, code: 'ECONNREFUSED' }).errno; // 111
 */
export class OSError extends Error {
  static {
    this.prototype.name = 'OSError';
  }
  readonly errno: number | null;
  readonly code: string | null;
  readonly filename: string | null;

  constructor(message?: string, options: OSErrorOptions = {}) {
    super(message, options);
    this.errno = options.errno ?? null;
    this.code = options.code ?? null;
    this.filename = options.filename ?? null;
  }
}

/** The base of the errors of connections. */
export class ConnectionError extends OSError {
  static {
    this.prototype.name = 'ConnectionError';
  }
}

/** Written to a connection whose other end is closed. */
export class BrokenPipeError extends ConnectionError {
  static {
    this.prototype.name = 'BrokenPipeError';
  }
}

/** The other end gave up the attempt to connect. */
export class ConnectionAbortedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionAbortedError';
  }
}

/** Nobody listens at the address. */
export class ConnectionRefusedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionRefusedError';
  }
}

/** The other end reset the connection. */
export class ConnectionResetError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionResetError';
  }
}

/** A file or directory exists already. */
export class FileExistsError extends OSError {
  static {
    this.prototype.name = 'FileExistsError';
  }
}

/** A file or directory does not exist. */
export class FileNotFoundError extends OSError {
  static {
    this.prototype.name = 'FileNotFoundError';
  }
}

/** A signal interrupted a system call. */
export class InterruptedError extends OSError {
  static {
    this.prototype.name = 'InterruptedError';
  }
}

/** The right to do it is missing. */
export class PermissionError extends OSError {
  static {
    this.prototype.name = 'PermissionError';
  }
}

/** There is no such process. */
export class ProcessLookupError extends OSError {
  static {
    this.prototype.name = 'ProcessLookupError';
  }
}

/**
 * A system call timed out: the builtin of this name, which `concurrent.futures` raises too. `multiprocessing` has its
 * own, which is not this one, as in Python.
 */
export class TimeoutError extends OSError {
  static {
    this.prototype.name = 'TimeoutError';
  }
}
