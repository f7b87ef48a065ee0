import { go } from '../util/eventual';
import { Connection } from './connection';
import { connecting, type ClientOptions } from './connecting';
import { connectionOver } from './connection_over';
import type { SocketOptions } from './listener_core';
import type { Address, Family } from './socket_address';

/**
 * Connects to a {@link Listener}, of Python or of Node, and resolves to the connection.
 *
 * @param address - `[host, port]`, or a path.
 * @param family - `'AF_INET'`, `'AF_INET6'` or `'AF_UNIX'`. @default the family of the address
 * @param authkey - the key of the listener. Both ends show that they have it. @default none
 * @throws ConnectionRefusedError, FileNotFoundError, another OSError when there is no way to it.
 * @throws AuthenticationError when the key is wrong, or the listener does not ask for one within `timeout` seconds.
 * @throws EOFError when the listener closes the connection in the middle of the handshake.
 * @throws TimeoutError (the builtin) when it cannot be reached within `timeout` seconds.
 * @example
 * const connection = await Client(['localhost', 6000], { authkey: Buffer.from('secret') });
 * await connection.send('hello');
 */
export function Client(
  address: Address,
  family?: Family | null,
  authkey?: Uint8Array | null,
  options?: SocketOptions,
): Promise<Connection>;
export function Client(
  address: Address,
  family: Family | null,
  options?: Omit<ClientOptions, 'family'>,
): Promise<Connection>;
export function Client(address: Address, options?: ClientOptions): Promise<Connection>;
export async function Client(...args: unknown[]): Promise<Connection> {
  return connectionOver(Connection, await go(connecting(args)).promise());
}
