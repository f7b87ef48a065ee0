import { bindTimeout, type Timeout } from '../util/timeout';
import { ProcessObject } from './process_object';
import { whenEnded, type Ending } from './sentinels';
import { Face } from './this_process';

const bindJoin = bindTimeout('join');

/** What all process objects have in common: those made here, `current_process` and `parent_process`. */
export class BaseProcess extends ProcessObject {
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

export async function ended(ending: Ending, timeout: Timeout | undefined): Promise<void> {
  await whenEnded(ending, bindJoin(timeout));
}

/** The process that nobody of ours has started. */
class _MainProcess extends BaseProcess {}

/** The process that started this one, as it sees it. */
class _ParentProcess extends BaseProcess {}

export const face = new Face(BaseProcess);
face.declare(_MainProcess);
face.declare(_ParentProcess);
