import { block } from '../../engine/blocking';
import { ProcessObject } from '../../process/process_object';
import type { Ending } from '../../process/sentinels';
import { Face } from '../../process/this_process';
import { bindTimeout, type Timeout } from '../../util/timeout';

const bindJoin = bindTimeout('join');

/** What all process objects have in common: those made here, `current_process` and `parent_process`. */
export class BaseProcess extends ProcessObject {
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

export function awaitEnd(ending: Ending, timeout: Timeout | undefined): void {
  block(() => ending.ended, bindJoin(timeout));
}

/** The process that nobody of ours has started. */
class _MainProcess extends BaseProcess {}

/** The process that started this one, as it sees it. */
class _ParentProcess extends BaseProcess {}

export const face = new Face(BaseProcess);
face.declare(_MainProcess);
face.declare(_ParentProcess);
