import { Buffer } from 'node:buffer';
import { connecting } from '../../connection/connecting';
import type { SocketChannel } from '../../connection/socket_channel';
import { EOFError } from '../../errors';
import type { Course } from '../../util/eventual';
import { addressText, type Address } from '../address';

/**
 * Connects to a server, and shows it the key.
 *
 * @param authkey - in hex.
 * @throws ConnectionRefusedError, FileNotFoundError when nobody is there; AuthenticationError for a wrong key.
 */
export function openConnection(address: Address, authkey: string): Course<SocketChannel> {
  return connecting([address, null, Buffer.from(authkey, 'hex')]);
}

/** Why no answer comes, for whoever waits for one. */
export function lost(error: Error, address: Address): Error {
  if (!(error instanceof EOFError)) return error;
  return new EOFError(`the manager at ${addressText(address)} has ended before it answered`, {
    cause: error,
  });
}
