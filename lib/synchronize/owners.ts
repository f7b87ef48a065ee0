import { getCurrentProcess } from '../util/current';
import type { Mutex } from './mutex';

/** How Python's reprs name a holder. */
export function nameOfOwner({ owner, me }: Mutex): string {
  if (owner === 0) return 'None';
  return owner === me ? getCurrentProcess().name : 'SomeOtherProcess';
}
