/**
 * Python's `multiprocessing.shared_memory`.
 */
export { StructError } from './errors';
export type { GivenItem, ShareableItem } from './items';
export { ShareableList } from './shareable_list';
export { SharedMemory } from './shared_memory';
export type { SharedMemoryOptions } from './shared_memory';
