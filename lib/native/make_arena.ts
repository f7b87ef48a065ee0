import type { Arena } from './arena';
import type { Bells } from './bells';
import { commonOrNone } from './common';
import { CommonMapping } from './common_mapping';
import { FileMapping } from './file_mapping';
import { SharedHeap } from './heap';
import { LoopBells } from './loop_bells';
import type { Mapping } from './mapping';
import { PipeBells } from './pipe_bells';
import { Slots } from './slots';
import { SpinLock } from './spin_lock';
import { SystemLives } from './system_lives';
import { ThreadLives } from './thread_lives';
import { Waiting } from './waiting';

/** Puts together what a thread needs to share memory: see {@link file://./arena.ts}. */
export function makeArena(): Arena {
  const common = commonOrNone();
  return common === null ? ofFamily() : ofThreads(common);
}

/** All processes of the family share a file. */
function ofFamily(): Arena {
  const mapping = new FileMapping();
  const slots = new Slots(mapping, new SystemLives());
  return put(mapping, slots, new PipeBells(slots, mapping.notes));
}

/** The threads of this process share memory of the language. */
function ofThreads(memory: SharedArrayBuffer): Arena {
  const mapping = new CommonMapping(memory);
  const slots = new Slots(mapping, new ThreadLives());
  return put(mapping, slots, new LoopBells(slots));
}

function put(mapping: Mapping, slots: Slots, bells: Bells): Arena {
  return {
    mapping,
    slots,
    heap: new SharedHeap(mapping, slots),
    waiting: new Waiting(bells),
    spinLock: (words, index) => new SpinLock(words, index, slots),
  };
}
