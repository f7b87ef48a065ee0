/**
 * Python's `multiprocessing.synchronize`: locks and their kin for all processes and threads that they are sent to.
 */
export { Barrier } from './barrier';
export type { BarrierAction, BarrierKeywords } from './barrier';
export { Condition } from './condition';
export { BrokenBarrierError, OwnerDiedError } from './errors';
export { Event } from './event';
export { Lock } from './lock';
export { RLock } from './rlock';
export { BoundedSemaphore, Semaphore } from './semaphore';
export type { SemaphoreKeywords } from './semaphore';
export { SemLock } from './sem_lock';
export type { AcquireKeywords, WaitKeywords } from './acquiring';
export type { Held } from './held';
