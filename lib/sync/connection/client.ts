import { connecting, type ClientOptions } from '../../connection/connecting';
import { connectionOver } from '../../connection/connection_over';
import type { SocketOptions } from '../../connection/listener_core';
import type { Address, Family } from '../../connection/socket_address';
import { blockFor } from '../../engine/blocking';
import { go } from '../../util/eventual';
import { Connection } from './connection';

/**
 * Connects to a `Listener`, of Python or of Node, and returns the connection.
 *
 * @param address - `[host, port]`, or a path.
 * @param family - `'AF_INET'`, `'AF_INET6'` or `'AF_UNIX'`. @default the family of the address
 * @param authkey - the key of the listener. Both ends show that they have it. @default none
 * @throws ConnectionRefusedError, FileNotFoundError, another OSError when there is no way to it.
 * @throws AuthenticationError when the key is wrong, or the listener does not ask for one within `timeout` seconds.
 * @throws EOFError when the listener closes the connection in the middle of the handshake.
 * @throws TimeoutError (the builtin) when it cannot be reached within `timeout` seconds.
 * @example
 * using connection = Client(['localhost', 6000], { authkey: Buffer.from('secret') });
 * connection.send('hello');
 */
export function Client(
  address: Address,
  family?: Family | null,
  authkey?: Uint8Array | null,
  options?: SocketOptions,
): Connection;
export function Client(
  address: Address,
  family: Family | null,
  options?: Omit<ClientOptions, 'family'>,
): Connection;
export function Client(address: Address, options?: ClientOptions): Connection;
export function Client(...args: unknown[]): Connection {
  return connectionOver(
    Connection,
    blockFor(() => go(connecting(args))),
  );
}
