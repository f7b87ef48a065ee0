import { declarePlain, Process } from './process';

/** {@link Process} of `get_context('spawn')`: a child process, whatever the start method in use. */
export class SpawnProcess<A extends readonly unknown[] = never[], K extends object = object> extends Process<
  A,
  K
> {
  protected static override readonly start_method = 'spawn';

  static {
    declarePlain(this);
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
    declarePlain(this);
  }
}
