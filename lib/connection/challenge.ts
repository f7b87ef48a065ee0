import { Buffer } from 'node:buffer';
import type * as Crypto from 'node:crypto';
import { AuthenticationError } from '../errors';
import { repr } from '../util/repr';

/** The arithmetic of CPython's handshake: challenges, answers, and whether they fit. Pure but for the chance. */
export const CHALLENGE = Buffer.from('#CHALLENGE#');
export const WELCOME = Buffer.from('#WELCOME#');
export const FAILURE = Buffer.from('#FAILURE#');

/** What Python before 3.12 sends: no name of a digest before it, and HMAC-MD5 for an answer. */
export const LEGACY_LENGTH = 20;
const MD5_LENGTH = 16;

/** As they are called in messages, and by node. */
const DIGESTS: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha256: 'sha256',
  sha384: 'sha384',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
};
const LONGEST_NAME = 8;

/** Loaded by who authenticates: it takes as long as starting a thread. */
export const crypto = (): typeof Crypto => require('node:crypto') as typeof Crypto;

/** `null`: this OpenSSL has no such digest. */
export function hmac(key: Uint8Array, message: Uint8Array, name: string): Buffer | null {
  let mac: ReturnType<typeof Crypto.createHmac>;
  try {
    mac = crypto().createHmac(DIGESTS[name] as string, key);
  } catch {
    return null;
  }
  return mac.update(message).digest();
}

/**
 * The digest that a message names, and what follows; `''` for what can only be MD5.
 *
 * @throws AuthenticationError for a message that names none, or one that nobody uses.
 */
function named(message: Buffer): readonly [name: string, payload: Buffer] {
  if (message.length === LEGACY_LENGTH || message.length === MD5_LENGTH) return ['', message];
  const end = message.subarray(0, LONGEST_NAME + 2).indexOf('}');
  if (message[0] === 0x7b && end > 0) {
    const name = message.toString('latin1', 1, end);
    if (Object.hasOwn(DIGESTS, name)) return [name, message.subarray(end + 1)];
  }
  throw new AuthenticationError(
    `unsupported message length, missing digest prefix, or unsupported digest: message=${repr(message)}`,
  );
}

const withName = (name: string, bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`{${name}}`), bytes]);

/** The answer to a challenge. The digest is over all of it, its name included. */
export function createResponse(key: Uint8Array, message: Buffer): Buffer {
  const [name] = named(message);
  if (name === '') {
    const digest = hmac(key, message, 'md5');
    if (digest !== null) return digest;
  }
  // Without MD5 an old peer gets what it does not know: there is nothing else.
  const other = name === '' ? 'sha256' : name;
  const digest = hmac(key, message, other);
  if (digest === null) throw new AuthenticationError(`digest ${other} is not available here`);
  return withName(other, digest);
}

/** @throws AuthenticationError for an answer that does not fit the challenge. */
export function verifyChallenge(key: Uint8Array, message: Buffer, response: Buffer): void {
  const [given, mac] = named(response);
  const name = given === '' ? 'md5' : given;
  const expected = hmac(key, message, name);
  if (expected === null) throw new AuthenticationError(`response_digest='${name}' unsupported`);
  if (expected.length !== mac.length) {
    throw new AuthenticationError(`expected '${name}' of length ${expected.length} got ${mac.length}`);
  }
  if (!crypto().timingSafeEqual(expected, mac)) throw new AuthenticationError('digest received was wrong');
}
