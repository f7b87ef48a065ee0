import type { Exit, Failure, StartFailure } from '../engine/failure';
import { ProcessError, TimeoutError } from '../errors';

/**
 * A result, or an error, that a worker could not send back.
 *
 * As in Python, `exc` and `value` are texts: the reason and the value.
 */
export class MaybeEncodingError extends Error {
  static {
    this.prototype.name = 'MaybeEncodingError';
  }

  /** Why it could not be sent. */
  readonly exc: string;
  /** What could not be sent. */
  readonly value: string;

  constructor(exc: string, value: string) {
    super(`Error sending result: '${value}'. Reason: '${exc}'`);
    this.exc = exc;
    this.value = value;
  }
}

/**
 * The worker that ran a task ended before the task did: it exited, was killed or crashed.
 *
 * Python's Pool waits for ever here.
 */
export class WorkerLostError extends ProcessError {
  static {
    this.prototype.name = 'WorkerLostError';
  }

  /** Of a thread, the process that it was in. */
  readonly pid: number;
  /** Of a thread, its `current_thread().ident`; `null` for a process. */
  readonly tid: number | null;
  /** As Python's `Process.exitcode`: negative for a signal. */
  readonly exitcode: number | null;
  /** The signal's name, if one ended it. */
  readonly signal: string | null;

  constructor({ pid, tid, exitcode, signal }: Exit) {
    const who = tid === undefined ? `process ${pid}` : `thread ${tid}`;
    const how = signal === null ? `exited with code ${exitcode}` : `was killed by ${signal}`;
    super(`worker ${who} ${how} while it ran this task`);
    this.pid = pid;
    this.tid = tid ?? null;
    this.exitcode = exitcode;
    this.signal = signal;
  }
}

/** The pool was terminated before the result was there. Python leaves such results waiting for ever. */
export class TerminatedError extends ProcessError {
  static {
    this.prototype.name = 'TerminatedError';
  }

  constructor(message = 'the pool was terminated') {
    super(message);
  }
}

/** The initializer failed in every worker; `cause` tells how. Python starts workers for ever here. */
export class InitializerError extends ProcessError {
  static {
    this.prototype.name = 'InitializerError';
  }
}

/** The error a user sees for what the engine decided. */
export function errorOf(failure: Failure): unknown {
  switch (failure.kind) {
    case 'lost':
    case 'crashed':
      return new WorkerLostError(failure.exit);
    case 'timeout':
      return new TimeoutError(`the task ran longer than its timeout of ${failure.seconds} s`);
    case 'aborted':
      return failure.reason;
    case 'dropped':
      // Only who does not listen any more drops.
      return undefined;
    case 'terminated':
      return new TerminatedError();
    case 'broken':
      if (failure.cause.kind === 'refused') {
        return new ProcessError('no worker can be started: the pool cannot run anything', {
          cause: failure.cause.error,
        });
      }
      return new InitializerError(
        failure.cause.kind === 'threw'
          ? 'the initializer failed in every worker: the pool cannot run anything'
          : 'every worker ended before it was ready: the pool cannot run anything',
        { cause: startError(failure.cause) },
      );
  }
}

function startError(cause: StartFailure): unknown {
  return cause.kind === 'exited' ? new WorkerLostError(cause.exit) : cause.error;
}
