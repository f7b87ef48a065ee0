import type { GivenItem, ShareableList, SharedMemory } from '../shared_memory';
import type * as SharedMemories from '../shared_memory';
import type * as Tracker from '../shared_memory/tracker';
import type { Course, Eventual } from '../util/eventual';
import { signature } from '../util/keywords';
import type { SegmentControl } from './server/segments';

/** Asks the server of a manager. */
export type Reaching = (method: SegmentControl, args: readonly unknown[]) => Eventual<unknown>;

/** Loaded by who makes some. */
const memories = () => require('../shared_memory') as typeof SharedMemories;

const bindMemory = signature({
  name: 'SharedMemory',
  defaults: (): { size: number } => ({ size: 0 }),
  required: 1,
});
const bindList = signature({
  name: 'ShareableList',
  defaults: (): { sequence: Iterable<GivenItem> } => ({ sequence: [] }),
  required: 1,
});

/** Memory that ends with the server of a manager. @param args - the size, or it by keyword */
export function* makingMemory(reaching: Reaching, args: readonly unknown[]): Course<SharedMemory> {
  const { size } = bindMemory(args);
  const memory = new (memories().SharedMemory)({ create: true, size });
  yield* tracking(reaching, memory);
  return memory;
}

/** The same, of a list. @param args - the items, or they by keyword */
export function* makingList(reaching: Reaching, args: readonly unknown[]): Course<ShareableList> {
  const { sequence } = bindList(args);
  const list = new (memories().ShareableList)(sequence);
  yield* tracking(reaching, list.shm);
  return list;
}

/** A server has ended, and what was made for it has ended with it. */
export function forgetEnded(): void {
  const { untrackUnlinked } = require('../shared_memory/tracker') as typeof Tracker;
  untrackUnlinked();
}

/** What nobody tracks is not left behind. */
function* tracking(reaching: Reaching, memory: SharedMemory): Course<void> {
  try {
    yield* reaching('track_segment', [memory.name]);
  } catch (error) {
    memory.close();
    memory.unlink();
    throw error;
  }
}
