import { checkBlocking } from '../../engine/blocking';

export { Pool } from './pool';
export { ThreadPool } from './thread_pool';
export { AsyncResult, MapResult } from './results';
export { IMapIterator, IMapUnorderedIterator } from './imap_iterator';
export { InitializerError, MaybeEncodingError, TerminatedError, WorkerLostError } from '../../pool/errors';
export { RemoteTraceback } from '../../reduction/errors';
export { transfer } from '../../reduction/transfer';
export type * from '../../pool/types';

checkBlocking();
