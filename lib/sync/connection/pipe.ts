import { makePipe } from '../../connection/make_pipe';
import { Connection } from './connection';

/**
 * Two connections: what is sent to one is received from the other, in any process or thread that they are sent to.
 *
 * It holds 64 KiB of short messages in each direction, and some MiB of long ones, or one of any length; `send` blocks
 * while it is full.
 *
 * @param duplex - both send and receive; else the first only receives, the second only sends. @default true
 * @throws MemoryError when there is no more shared memory.
 * @example
 * const [reader, writer] = Pipe(false);
 * writer.send('hello');
 * console.log(reader.recv()); // hello
 */
export function Pipe(duplex?: boolean | { readonly duplex?: boolean }): [Connection, Connection];
export function Pipe(...args: unknown[]): [Connection, Connection] {
  return makePipe(Connection, args);
}
