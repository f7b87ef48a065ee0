import { signature } from '../util/keywords';
import { Connection } from './connection';
import { End } from './end';
import { PipeChannel } from './pipe_channel';

const bind = signature({ name: 'Pipe', defaults: (): { duplex: unknown } => ({ duplex: true }) });

/**
 * Two connections: what is sent to one is received from the other, in any process or thread that they are sent to.
 *
 * It holds 64 KiB of short messages in each direction, and some MiB of long ones, or one of any length; `send` waits
 * while it is full.
 *
 * @param duplex - both send and receive; else the first only receives, the second only sends. @default true
 * @throws NotImplementedError where processes cannot share memory.
 * @throws MemoryError when there is no more of it.
 * @example
 * const [reader, writer] = Pipe(false);
 * await writer.send('hello');
 * console.log(await reader.recv()); // hello
 */
export function Pipe(duplex?: boolean | { readonly duplex?: boolean }): [Connection, Connection];
export function Pipe(...args: unknown[]): [Connection, Connection] {
  const duplex = Boolean(bind(args).duplex);
  const [first, second] = End.pair(duplex);
  return [
    new Connection(new PipeChannel(first), true, duplex),
    new Connection(new PipeChannel(second), duplex, true),
  ];
}
