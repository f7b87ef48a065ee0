/** Python's `multiprocessing.connection`, with calls that block. */
import { checkBlocking } from '../../engine/blocking';

export { Connection } from './connection';
export { Pipe } from './pipe';
export { wait } from './wait';
export type { BytesLike } from '../../connection/bytes';

checkBlocking();
