import { arena } from '../native/arena';
import { getCurrentProcess } from '../util/current';
import { getCurrentThread } from '../util/current_thread';
import type { Mutex } from './mutex';

/** How Python's reprs name a holder. */
export function nameOfOwner({ owner, isMine }: Mutex): string {
  if (owner === 0) return 'None';
  if (!isMine) return arena().slots.pidOf(owner) === process.pid ? 'SomeOtherThread' : 'SomeOtherProcess';
  const { name } = getCurrentProcess();
  const thread = getCurrentThread().name;
  return thread === 'MainThread' ? name : `${name}|${thread}`;
}
