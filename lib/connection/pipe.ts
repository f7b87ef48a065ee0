import { Connection } from './connection';
import { makePipe } from './make_pipe';

/**
 * Two connections: what is sent to one is received from the other, in any process or thread that they are sent to.
 *
 * It holds 64 KiB of short messages in each direction, and some MiB of long ones, or one of any length; `send` waits
 * while it is full.
 *
 * @param duplex - both send and receive; else the first only receives, the second only sends. @default true
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when there is no more of it.
 * @example
 * const [reader, writer] = Pipe(false);
 * await writer.send('hello');
 * console.log(await reader.recv()); // hello
 */
export function Pipe(duplex?: boolean | { readonly duplex?: boolean }): [Connection, Connection];
export function Pipe(...args: unknown[]): [Connection, Connection] {
  return makePipe(Connection, args);
}
