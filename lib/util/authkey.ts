import type * as Crypto from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { CurrentProcess } from './current';

const BYTES = 32;

/** The key of a process, in hex. The main process makes one when it is first needed; all others are given one. */
export function authkeyOf(process: CurrentProcess): string {
  return (process.authkey ??= randomHex());
}

/** To load node's crypto for it would cost as much as starting a thread. */
function randomHex(): string {
  const bytes = Buffer.alloc(BYTES);
  if (fromDevice(bytes)) return bytes.toString('hex');
  return (require('node:crypto') as typeof Crypto).randomBytes(BYTES).toString('hex');
}

function fromDevice(bytes: Buffer): boolean {
  let fd: number;
  try {
    fd = openSync('/dev/urandom', 'r');
  } catch {
    return false;
  }
  try {
    return readSync(fd, bytes) === BYTES;
  } finally {
    closeSync(fd);
  }
}
