import { ProcessCore } from '../../process/process_core';
import { reduceProcess } from '../../process/process_object';
import { REDUCE } from '../../reduction/registry';
import type { Timeout } from '../../util/timeout';
import { awaitEnd, face } from './base_process';

/** Where a process object arrives without its fields, it is that of the process there. */
const rebuildProcess = (): unknown => face.currentProcess();

/**
 * A process that runs one function.
 *
 * Python's `multiprocessing.Process`, which blocks where Python's does: in `join`. Any function can be sent, with the
 * variables it uses; it may be async. A subclass with its own `run` travels with its fields. The process ends when its
 * event loop is empty.
 *
 * @example
 * const p = new Process({ target: (a: number) => console.log(a), args: [123456] });
 * p.start();
 * p.join();
 * console.log(p.exitcode); // 0
 */
export class Process<A extends readonly unknown[] = never[], K extends object = object> extends ProcessCore<
  A,
  K
> {
  static override readonly [REDUCE] = { reduce: reduceProcess, rebuild: rebuildProcess };

  static {
    face.declare(this);
  }

  /**
   * Blocks until it has ended; meanwhile results of pools arrive and callbacks run.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. @default no end
   * @throws AssertionError for one that was not started, or not by this process.
   * @throws ValueError after `close`.
   * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
   */
  join(timeout?: Timeout): void {
    awaitEnd(this.awaited(), timeout);
  }
}

/** {@link Process} of `get_context('spawn')`: a child process, whatever the start method in use. */
export class SpawnProcess<A extends readonly unknown[] = never[], K extends object = object> extends Process<
  A,
  K
> {
  protected static override readonly start_method = 'spawn';

  static {
    face.declare(this);
  }
}

/**
 * {@link Process} of `get_context('thread')`: a thread of this process, as in the facade with promises.
 *
 * It cannot be asked to end: `terminate`, `kill` and `interrupt` end it at once.
 */
export class ThreadProcess<A extends readonly unknown[] = never[], K extends object = object> extends Process<
  A,
  K
> {
  protected static override readonly start_method = 'thread';

  static {
    face.declare(this);
  }
}
