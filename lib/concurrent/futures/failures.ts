import { inspect } from 'node:util';
import type { Exit, Failure, StartFailure } from '../../engine/failure';
import { errorOf as errorOfPool, WorkerLostError } from '../../pool/errors';
import { LogLevel, report } from '../../util/log';
import { TimeoutError } from '../../util/os_errors';

/** What the user sees of a failure that does not break the executor. The TimeoutError is the one of this module. */
export function errorOf(failure: Failure): unknown {
  if (failure.kind !== 'timeout') return errorOfPool(failure);
  return new TimeoutError(`the call ran longer than its timeout of ${failure.seconds} s`);
}

/** What broke an executor whose worker did not start. */
export function startError(cause: StartFailure): unknown {
  return cause.kind === 'exited' ? new WorkerLostError(cause.exit) : cause.error;
}

/** Python's words for a worker that broke its executor, from 3.15 on. */
export function wordsFor({ pid, tid, exitcode, signal }: Exit): string {
  const who = tid === undefined ? `Process ${pid}` : `Thread ${tid}`;
  const how = signal === null ? '' : ` (${signal})`;
  return `${who} terminated abruptly with exit code ${exitcode}${how}.`;
}

/** As in Python, what an initializer threw is logged; here once for each executor. */
export function initializerReport(): (failure: Failure) => void {
  let reported = false;
  return (failure) => {
    if (reported || failure.kind !== 'broken' || failure.cause.kind !== 'threw') return;
    reported = true;
    report(LogLevel.CRITICAL, `Exception in initializer:\n${inspect(failure.cause.error)}`);
  };
}
