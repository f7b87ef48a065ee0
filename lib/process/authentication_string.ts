import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { REDUCE } from '../reduction/registry';

const refuseToTravel = (): never => {
  throw new TypeError('Pickling an AuthenticationString object is disallowed for security reasons');
};

/**
 * The key that connections between processes are authenticated with: a Buffer that does not travel. A process has it
 * from the one that started it.
 */
export class AuthenticationString extends Uint8Array {
  static readonly [REDUCE] = { reduce: refuseToTravel, rebuild: refuseToTravel };

  static {
    // What it makes of itself (`slice`, `toString`) is a Buffer's; it cannot be made by `new Buffer`, so not by `extends`.
    Object.setPrototypeOf(this.prototype, Buffer.prototype as object);
  }
}

export function authenticationString(key: string): Buffer {
  const bytes = Buffer.from(key, 'hex');
  return Object.setPrototypeOf(bytes, AuthenticationString.prototype) as Buffer;
}

/** The key as it is kept: in hex. @throws TypeError for what is not bytes. */
export function keyOf(value: unknown): string {
  if (!types.isUint8Array(value)) {
    throw new TypeError(`authkey must be a Buffer, not ${value === null ? 'null' : typeof value}`);
  }
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
}
