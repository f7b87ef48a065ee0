export { Lock } from './lock';
export { RLock } from './rlock';
export { BrokenBarrierError, OwnerDiedError } from './errors';
export type { AcquireKeywords, Held } from './acquiring';
