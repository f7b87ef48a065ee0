import { Buffer } from 'node:buffer';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { NotImplementedError, OSError, OverflowError, ValueError } from '../errors';
import { repr, type_name } from '../util/repr';

/** Where a {@link Listener} is: `[host, port]` in a network, a path on this machine. */
export type Address = readonly [host: string, port: number] | string;

/** Python's names: IPv4, IPv6, sockets in the file system. */
export type Family = 'AF_INET' | 'AF_INET6' | 'AF_UNIX';

/** A place whose address and family are known to fit. */
export type Place =
  | { readonly family: 'AF_INET' | 'AF_INET6'; readonly host: string; readonly port: number }
  | { readonly family: 'AF_UNIX'; readonly path: string };

const FAMILIES: readonly string[] = ['AF_INET', 'AF_INET6', 'AF_UNIX'] satisfies Family[];

/** How long a path may be: the system has so much room for it. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103;

/** The family of an address. @throws TypeError for what is none. */
export function addressType(address: unknown): string {
  if (Array.isArray(address)) return String(address[0]).includes(':') ? 'AF_INET6' : 'AF_INET';
  if (typeof address === 'string') return address.startsWith('\\\\') ? 'AF_PIPE' : 'AF_UNIX';
  if (types.isUint8Array(address) && address[0] === 0) return 'AF_UNIX';
  throw new TypeError(`address type of ${repr(address)} unrecognized`);
}

/** @throws ValueError for a family that is unknown, or not to be had here. */
export function checkFamily(family: unknown): Family {
  if (family === 'AF_PIPE' || (family === 'AF_UNIX' && process.platform === 'win32'))
    throw new ValueError(`Family ${family} is not recognized.`);
  if (typeof family !== 'string' || !FAMILIES.includes(family)) throw new ValueError('unrecognized family');
  return family as Family;
}

export const defaultFamily = (): Family => (process.platform === 'win32' ? 'AF_INET' : 'AF_UNIX');

/** @throws TypeError, OverflowError, OSError for an address that is none, in Python's words. */
export function placeOf(address: unknown, family: Family): Place {
  if (family === 'AF_UNIX') return { family, path: pathOf(address) };
  if (!Array.isArray(address))
    throw new TypeError(`${family} address must be tuple, not ${type_name(address)}`);
  const [host, port] = address as unknown[];
  if (typeof host !== 'string' || typeof port !== 'number' || !Number.isInteger(port))
    throw new TypeError(`${family} address must be a pair (host, port)`);
  if (port < 0 || port > 0xffff) throw new OverflowError('port must be 0-65535.');
  return { family, host, port };
}

function pathOf(address: unknown): string {
  if (typeof address !== 'string' || address.startsWith('\0')) {
    if (typeof address === 'string' || types.isUint8Array(address))
      throw new NotImplementedError("sockets in Linux's abstract namespace are not available: give a path");
    throw new TypeError(`a path must be a str, not ${type_name(address)}`);
  }
  if (address.includes('\0')) throw new ValueError('embedded null character');
  if (Buffer.byteLength(address) > LONGEST_PATH) throw new OSError('AF_UNIX path too long');
  return address;
}

/**
 * A free address of a family.
 *
 * @returns also the directory that was made for it: nobody else may enter it.
 */
export function arbitraryPlace(family: Family): { readonly place: Place; readonly directory: string | null } {
  if (family === 'AF_INET') return { place: { family, host: 'localhost', port: 0 }, directory: null };
  if (family === 'AF_INET6') return { place: { family, host: 'localhost', port: 0 }, directory: null };
  const directory = mkdtempSync(join(tmpdir(), 'pymp-'));
  const path = join(directory, 'listener');
  return { place: { family, path }, directory };
}
