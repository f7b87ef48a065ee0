/**
 * Python's `multiprocessing.synchronize`, with calls that block.
 */
import { checkBlocking } from '../../engine/blocking';

export { Barrier } from './barrier';
export { Condition } from './condition';
export { Event } from './event';
export { Lock } from './lock';
export { RLock } from './rlock';
export { BoundedSemaphore, Semaphore } from './semaphore';
export type { Blocking, Blocks, SemLock } from './sem_lock';
export { BrokenBarrierError, OwnerDiedError } from '../../synchronize/errors';
export type { AcquireKeywords, WaitKeywords } from '../../synchronize/acquiring';
export type { BarrierAction, BarrierKeywords } from '../../synchronize/barrier';
export type { Held } from '../../synchronize/held';
export type { SemaphoreKeywords } from '../../synchronize/semaphore';

checkBlocking();
