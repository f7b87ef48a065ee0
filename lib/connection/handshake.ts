import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { AuthenticationError, OSError, ValueError } from '../errors';
import { Eventual, go, type Course } from '../util/eventual';
import { repr, type_name } from '../util/repr';
import { CHALLENGE, createResponse, FAILURE, LEGACY_LENGTH, verifyChallenge, WELCOME } from './challenge';
import { makeChallenge, marksOf, type Marks, type Side } from './marks';
import type { SocketChannel } from './socket_channel';

/** What the handshake needs of a connection. */
export interface Wire {
  /** The connection itself. */
  readonly of: object;
  send(bytes: Uint8Array): Eventual<void>;
  receive(maxlength: number): Eventual<Buffer>;
}

/** A connection of this package, or what behaves like one. */
export interface Messaging {
  send_bytes(buf: Uint8Array): Promise<void>;
  recv_bytes(maxlength: number): Promise<Buffer>;
}

/** No message of the handshake is longer. */
const LONGEST = 256;

/** The challenge that was delivered last on a connection. */
const delivered = new WeakMap<object, Buffer>();

/**
 * Makes the other end show that it has the key. Python's function of this name; of use where both ends are programs
 * of your own that authenticate when they wish.
 *
 * @throws AuthenticationError when it does not.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for an answer of more than 256 bytes.
 */
export function deliver_challenge(connection: Messaging, authkey: Uint8Array): Promise<void> {
  return go(deliver(wireOver(connection), authkey, null)).promise();
}

/**
 * Shows the other end, which delivers a challenge, that this one has the key. Python's function of this name.
 *
 * @throws AuthenticationError when the other end finds it wrong, or sends no challenge.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for a challenge of more than 256 bytes.
 */
export async function answer_challenge(connection: Messaging, authkey: Uint8Array): Promise<void> {
  await go(answer(wireOver(connection), authkey, null)).promise();
}

export const wireOver = (connection: Messaging): Wire => ({
  of: connection,
  send: (bytes) => Eventual.from(connection.send_bytes(bytes)),
  receive: (maxlength) => Eventual.from(connection.recv_bytes(maxlength)),
});

/**
 * Both, in the order in which this side does them.
 *
 * @returns whether the other end is a process of this family.
 */
export function* shakeHands(wire: Wire, key: Uint8Array, side: Side): Course<boolean> {
  if (side === 'listener') yield* deliver(wire, key, side);
  const { isFamily } = yield* answer(wire, key, side);
  if (side === 'client') yield* deliver(wire, key, side);
  return isFamily;
}

export const wireOf = (channel: SocketChannel): Wire => ({
  of: channel,
  send: (bytes) => channel.sending([bytes], bytes.length),
  receive: (maxlength) =>
    go(
      (function* () {
        const message = yield* channel.receiving((bytes) => Buffer.from(bytes), maxlength);
        if (message === null) throw new OSError('bad message length');
        return message.value;
      })(),
    ),
});

export function* deliver(connection: Wire, key: Uint8Array, side: Side | null): Course<void> {
  checkKey(key);
  const message = makeChallenge(key, side);
  delivered.set(connection.of, message);
  yield* connection.send(Buffer.concat([CHALLENGE, message]));
  const response = yield* connection.receive(LONGEST);
  try {
    verifyChallenge(key, message, response);
  } catch (error) {
    try {
      yield* connection.send(FAILURE);
    } catch {
      // It is gone: what it did is the reason all the same.
    }
    throw error;
  }
  yield* connection.send(WELCOME);
}

export function* answer(connection: Wire, key: Uint8Array, side: Side | null): Course<Marks> {
  checkKey(key);
  const received = yield* connection.receive(LONGEST);
  if (!received.subarray(0, CHALLENGE.length).equals(CHALLENGE)) {
    throw new AuthenticationError(`Protocol error, expected challenge: message=${repr(received)}`);
  }
  const message = received.subarray(CHALLENGE.length);
  if (message.length < LEGACY_LENGTH) {
    throw new AuthenticationError(`challenge too short: ${message.length} bytes`);
  }
  const marks = marksOf(key, message);
  // Whoever has no key could let us answer what we, or another end of our side, have asked.
  if ((side !== null && marks.side === side) || delivered.get(connection.of)?.equals(message) === true) {
    throw new AuthenticationError('the challenge was reflected: it is not of the other end');
  }
  yield* connection.send(createResponse(key, message));
  const response = yield* connection.receive(LONGEST);
  if (!response.equals(WELCOME)) throw new AuthenticationError('digest sent was rejected');
  return marks;
}

function checkKey(key: unknown): void {
  if (!types.isUint8Array(key))
    throw new ValueError(`Authkey must be bytes, not <class '${type_name(key)}'>`);
}
