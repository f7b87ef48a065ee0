import type { Timeout } from '../util/timeout';
import { REDUCE } from '../reduction/registry';
import { ended, face } from './base_process';
import { ProcessCore } from './process_core';
import { reduceProcess } from './process_object';

/** Where a process object arrives without its fields, it is that of the process there. */
export const rebuildProcess = (): unknown => face.currentProcess();

/**
 * A process that runs one function.
 *
 * Python's `multiprocessing.Process`; `join` returns a promise. Any function can be sent, with the variables it uses;
 * a subclass with its own `run` travels with its fields. The process ends when its event loop is empty.
 *
 * @example
 * const p = new Process({ target: (a: number) => console.log(a), args: [123456] });
 * p.start();
 * await p.join();
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
   * Waits until it has ended.
   *
   * @param timeout - seconds to wait at most; 0 and less only look. @default no end
   * @throws AssertionError for one that was not started, or not by this process.
   * @throws ValueError after `close`.
   */
  async join(timeout?: Timeout): Promise<void> {
    await ended(this.awaited(), timeout);
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
 * {@link Process} of `get_context('thread')`: a thread of this process.
 *
 * It starts faster, shares SharedArrayBuffers, the environment and the working directory, and has the `pid` of the
 * process. It cannot be asked to end: `terminate`, `kill` and `interrupt` end it at once. It ends with its process,
 * which waits for it unless it is a daemon, or `process.exit()` is called.
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
