import { Buffer } from 'node:buffer';
import { Client } from '../../connection/client';
import type { Connection } from '../../connection/connection';
import { EOFError } from '../../errors';
import { addressText, type Address } from '../address';

/**
 * Connects to a server, and shows it the key.
 *
 * @param authkey - in hex.
 * @throws ConnectionRefusedError, FileNotFoundError when nobody is there; AuthenticationError for a wrong key.
 */
export function openConnection(address: Address, authkey: string): Promise<Connection> {
  return Client(address, null, Buffer.from(authkey, 'hex'));
}

/** Why no answer comes, for whoever waits for one. */
export function lost(error: Error, address: Address): Error {
  if (!(error instanceof EOFError)) return error;
  return new EOFError(`the manager at ${addressText(address)} has ended before it answered`, {
    cause: error,
  });
}
