import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { AuthenticationError, ValueError } from '../errors';
import { repr, type_name } from '../util/repr';
import { CHALLENGE, createResponse, FAILURE, LEGACY_LENGTH, verifyChallenge, WELCOME } from './challenge';
import { makeChallenge, marksOf, type Marks, type Side } from './marks';

/** What the handshake needs of a connection. */
export interface Wire {
  send_bytes(buf: Uint8Array): Promise<void>;
  recv_bytes(maxlength: number): Promise<Buffer>;
}

/** No message of the handshake is longer. */
const LONGEST = 256;

/** The challenge that was delivered last on a connection. */
const delivered = new WeakMap<Wire, Buffer>();

/**
 * Makes the other end show that it has the key. Python's function of this name; of use where both ends are programs
 * of your own that authenticate when they wish.
 *
 * @throws AuthenticationError when it does not.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for an answer of more than 256 bytes.
 */
export async function deliver_challenge(connection: Wire, authkey: Uint8Array): Promise<void> {
  await deliver(connection, authkey, null);
}

/**
 * Shows the other end, which delivers a challenge, that this one has the key. Python's function of this name.
 *
 * @throws AuthenticationError when the other end finds it wrong, or sends no challenge.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for a challenge of more than 256 bytes.
 */
export async function answer_challenge(connection: Wire, authkey: Uint8Array): Promise<void> {
  await answer(connection, authkey, null);
}

/**
 * Both, in the order in which this side does them.
 *
 * @returns whether the other end is a process of this family.
 */
export async function shakeHands(connection: Wire, key: Uint8Array, side: Side): Promise<boolean> {
  if (side === 'listener') await deliver(connection, key, side);
  const { isFamily } = await answer(connection, key, side);
  if (side === 'client') await deliver(connection, key, side);
  return isFamily;
}

async function deliver(connection: Wire, key: Uint8Array, side: Side | null): Promise<void> {
  checkKey(key);
  const message = makeChallenge(key, side);
  delivered.set(connection, message);
  await connection.send_bytes(Buffer.concat([CHALLENGE, message]));
  const response = await connection.recv_bytes(LONGEST);
  try {
    verifyChallenge(key, message, response);
  } catch (error) {
    // It may be gone: what it did is the reason all the same.
    await connection.send_bytes(FAILURE).catch(() => undefined);
    throw error;
  }
  await connection.send_bytes(WELCOME);
}

async function answer(connection: Wire, key: Uint8Array, side: Side | null): Promise<Marks> {
  checkKey(key);
  const received = await connection.recv_bytes(LONGEST);
  if (!received.subarray(0, CHALLENGE.length).equals(CHALLENGE)) {
    throw new AuthenticationError(`Protocol error, expected challenge: message=${repr(received)}`);
  }
  const message = received.subarray(CHALLENGE.length);
  if (message.length < LEGACY_LENGTH) {
    throw new AuthenticationError(`challenge too short: ${message.length} bytes`);
  }
  const marks = marksOf(key, message);
  // Whoever has no key could let us answer what we, or another end of our side, have asked.
  if ((side !== null && marks.side === side) || delivered.get(connection)?.equals(message) === true) {
    throw new AuthenticationError('the challenge was reflected: it is not of the other end');
  }
  await connection.send_bytes(createResponse(key, message));
  const response = await connection.recv_bytes(LONGEST);
  if (!response.equals(WELCOME)) throw new AuthenticationError('digest sent was rejected');
  return marks;
}

function checkKey(key: unknown): void {
  if (!types.isUint8Array(key))
    throw new ValueError(`Authkey must be bytes, not <class '${type_name(key)}'>`);
}
