/** Python's `multiprocessing.connection`. */
export { Connection } from './connection';
export { Pipe } from './pipe';
export { wait } from './wait';
export type { BytesLike } from './bytes';
