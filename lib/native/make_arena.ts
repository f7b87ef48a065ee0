import type { Arena } from './arena';
import { Bells } from './bells';
import { SharedHeap } from './heap';
import { Mapping } from './mapping';
import { Slots } from './slots';
import { SpinLock } from './spin_lock';
import { Waiting } from './waiting';

/** Puts together what a thread needs to share memory: see {@link file://./arena.ts}. */
export function makeArena(): Arena {
  const mapping = new Mapping();
  const slots = new Slots(mapping);
  return {
    mapping,
    slots,
    heap: new SharedHeap(mapping, slots),
    waiting: new Waiting(new Bells(slots, mapping.notes)),
    spinLock: (words, index) => new SpinLock(words, index, slots),
  };
}
